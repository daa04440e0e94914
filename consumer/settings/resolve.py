"""From properties and environment to a whole, checked configuration."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.cross_checks import cross_check
from consumer.settings.declaration import rules_of
from consumer.settings.endpoints import check_endpoints
from consumer.settings.kcl import REFUSED, KclSettings
from consumer.settings.kcl_cross_checks import cross_check_kcl
from consumer.settings.known import known_rules
from consumer.settings.placeholders import fill_placeholders
from consumer.settings.publisher import PublisherSettings
from consumer.settings.rules import read, set_in
from consumer.settings.unknown_names import unknown_keys, unknown_variables
from consumer.settings.variables import KCL_VARIABLES, OWN_VARIABLES


def resolve(
    properties: Mapping[str, str],
    environ: Mapping[str, str],
    profile: Mapping[str, str] = MappingProxyType({}),
) -> Configuration:
    """Check everything that can be checked without asking AWS.

    Args:
        properties: Keys and values of the file.
        environ: The environment, which overrides the file.
        profile: The endpoints of the profile.

    Raises:
        ConfigurationError: With every mistake at once.
    """
    overrides = set_in(environ, known_rules())
    # What the environment overrides needs none of the variables that its value in the file names.
    kept = {key: value for key, value in properties.items() if key not in overrides}
    filled, mistakes = fill_placeholders(kept, environ)
    own, own_mistakes = read(rules_of(PublisherSettings), filled | overrides)
    kcl, kcl_mistakes = read(rules_of(KclSettings), filled | overrides)
    mistakes += [*_unknown(properties, environ), *_secrets(properties)]
    mistakes += [*own_mistakes, *kcl_mistakes]
    mistakes += cross_check(own | {"stream_name": kcl.get("stream_name", "")})
    mistakes += [] if kcl_mistakes else cross_check_kcl(_kcl(kcl))
    mistakes += check_endpoints(environ, profile, own | kcl)
    if mistakes:
        raise ConfigurationError(mistakes)
    return Configuration(_publisher(own), _kcl(kcl))


def _unknown(properties: Mapping[str, str], environ: Mapping[str, str]) -> list[str]:
    keys = [rule.key for rule in known_rules()]
    variables = [rule.variable for rule in known_rules()]
    return [
        *unknown_keys(properties, keys, REFUSED),
        *unknown_variables(environ, variables, (OWN_VARIABLES, KCL_VARIABLES)),
    ]


def _secrets(properties: Mapping[str, str]) -> list[str]:
    """Return a line for each secret in the file, which others may read."""
    return [
        f"{rule.key}: is a secret; remove it from the file, and set {rule.variable}"
        for rule in known_rules()
        if rule.is_secret and rule.key in properties
    ]


def _publisher(found: Mapping[str, Any]) -> PublisherSettings:
    return PublisherSettings(**found)


def _kcl(found: Mapping[str, Any]) -> KclSettings:
    return KclSettings(**found)

"""The settings of a function, from its environment alone."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from consumer.settings.child import ChildSettings
from consumer.settings.errors import ConfigurationError
from consumer.settings.formats import table_of
from consumer.settings.names import OWN_VARIABLES
from consumer.settings.rules import Rule, follow
from consumer.settings.together import mistakes_together, nearest, other_table

_NAME_VARIABLE = "AWS_LAMBDA_FUNCTION_NAME"


def function_settings(rules: Sequence[Rule], environ: Mapping[str, str]) -> ChildSettings:
    """Check a function's environment.

    Settings of the daemon are accepted without effect, so that one list of variables serves both.

    Args:
        rules: What each of the publisher's settings may be.
        environ: The environment.

    Raises:
        ConfigurationError: With every mistake at once.
    """
    values = {rule.key: environ[rule.variable] for rule in rules if environ.get(rule.variable)}
    found, mistakes = follow(rules, values)
    mistakes = _unknown(rules, environ) + mistakes + mistakes_together(values)
    if mistakes:
        raise ConfigurationError(mistakes)
    mistakes = other_table(values.get("publisher.table"), values.get("publisher.streamArn"))
    if mistakes:
        raise ConfigurationError(mistakes)
    return _settings(found, environ)


def _unknown(rules: Sequence[Rule], environ: Mapping[str, str]) -> list[str]:
    known = [rule.variable for rule in rules]
    ours = {name for name in environ if name.startswith(OWN_VARIABLES)}
    unknown = sorted(ours - set(known))
    return [f"{name}: is not a known variable{nearest(name, known)}" for name in unknown]


def _settings(found: Mapping[str, Any], environ: Mapping[str, str]) -> ChildSettings:
    own = {field.name for field in fields(ChildSettings)}
    values: dict[str, Any] = {name: value for name, value in found.items() if name in own}
    values["table"] = found["table"] or table_of(str(found["stream_arn"]))
    values["worker_id"] = values["application"] = environ.get(_NAME_VARIABLE) or "function"
    return ChildSettings(**values)

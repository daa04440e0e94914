"""From properties and environment to a whole, checked configuration."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from consumer.settings import rules as wording
from consumer.settings.derive import rules_of
from consumer.settings.errors import ConfigurationError
from consumer.settings.formats import table_of
from consumer.settings.kcl import REFUSED, KclSettings
from consumer.settings.keys import keys_of, known_keys, prefix_of
from consumer.settings.names import environment_name
from consumer.settings.properties import fill_placeholders
from consumer.settings.publisher import PublisherSettings
from consumer.settings.rules import Rule
from consumer.settings.together import mistakes_together, nearest, other_table

# kclpy's build reads it; it is no setting of the daemon.
_NOT_OURS = frozenset({"KCL_MVN_REPO_SEARCH_URL"})

# In a pod each service of its name space stands in the environment, one called `publisher` too.
_OF_KUBERNETES = re.compile(r"_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT(_\d+_(TCP|UDP|SCTP)\w*)?$")

# What an operator should read of pydantic's mistakes; ours come as they are, as `value_error`.
_WRONG: Mapping[str, str] = {
    "bool_parsing": wording.NO_SWITCH,
    "float_parsing": wording.NO_NUMBER,
    "greater_than": wording.TOO_SMALL,
    "greater_than_equal": wording.TOO_SMALL,
    "int_parsing": wording.NO_WHOLE_NUMBER,
    "int_parsing_size": wording.TOO_LARGE,
    "less_than_equal": wording.TOO_LARGE,
    "literal_error": wording.NO_CHOICE,
}

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that a run needs to know.

    Attributes:
        publisher: The publisher's own settings.
        kcl: The daemon's settings.
    """

    publisher: PublisherSettings
    kcl: KclSettings

    @property
    def stream_arn(self) -> str | None:
        """The stream's ARN where it was given, None where the table's own is to be looked up."""
        return self.publisher.stream_arn or self.kcl.stream_name

    @property
    def table(self) -> str:
        """The table's name."""
        return self.publisher.table or table_of(str(self.stream_arn))


def resolve(properties: Mapping[str, str], environ: Mapping[str, str]) -> Configuration:
    """Check everything that can be checked without asking AWS.

    Args:
        properties: Keys and values of the file.
        environ: The environment, which overrides the file.

    Raises:
        ConfigurationError: With every mistake at once.
    """
    filled, mistakes = fill_placeholders(properties, environ)
    values = filled | _overrides(environ)
    mistakes += _unknown_keys(filled) + _unknown_variables(environ)
    publisher, publisher_mistakes = _validated(PublisherSettings, values)
    kcl, kcl_mistakes = _validated(KclSettings, values)
    mistakes += publisher_mistakes + kcl_mistakes
    mistakes += mistakes_together(values)
    mistakes += _impatience(publisher) if publisher else []
    if mistakes or publisher is None or kcl is None:
        raise ConfigurationError(mistakes)
    return _consistent(Configuration(publisher, kcl))


def _consistent(configuration: Configuration) -> Configuration:
    mistakes = other_table(configuration.publisher.table, configuration.stream_arn)
    if mistakes:
        raise ConfigurationError(mistakes)
    return configuration


def _overrides(environ: Mapping[str, str]) -> dict[str, str]:
    names = {key: environment_name(key) for key in known_keys()}
    return {key: environ[name] for key, name in names.items() if environ.get(name)}


def _unknown_keys(properties: Mapping[str, str]) -> list[str]:
    known = known_keys()
    return [f"{key}: {_why_unknown(key, known)}" for key in properties if key not in known]


def _why_unknown(key: str, known: Iterable[str]) -> str:
    return REFUSED.get(key) or f"is not a known key{nearest(key, known)}"


def _unknown_variables(environ: Mapping[str, str]) -> list[str]:
    known = [environment_name(key) for key in known_keys()]
    ours = [name for name in environ if name.startswith(("PUBLISHER_", "KCL_"))]
    unknown = {name for name in ours if not _OF_KUBERNETES.search(name)} - set(known) - _NOT_OURS
    return [f"{name}: is not a known variable{nearest(name, known)}" for name in sorted(unknown)]


def _validated(model: type[Model], values: Mapping[str, str]) -> tuple[Model | None, list[str]]:
    prefix = prefix_of(model)
    mine = {key.removeprefix(prefix): values[key] for key in keys_of(model) if key in values}
    try:
        return model.model_validate(mine), []
    except ValidationError as error:
        rules = {rule.key: rule for rule in rules_of(model)}
        return None, [_mistake(rules[f"{prefix}{each['loc'][0]}"], each) for each in error.errors()]


def _mistake(rule: Rule, detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return f"{rule.key}: is missing; set it in the file or as {rule.variable}"
    wrong = _WRONG.get(detail["type"])
    reason = rule.refusal(wrong) if wrong else detail["msg"].removeprefix("Value error, ")
    return f"{rule.key} = {detail['input']!r}: {reason}"


def _impatience(publisher: PublisherSettings) -> list[str]:
    timeout, wait = publisher.child_timeout_millis, publisher.retry_max_wait_millis
    if timeout >= 2 * wait:
        return []
    reason = "is less than twice publisher.retryMaxWaitMillis, a wait without a sign of life"
    return [f"publisher.childTimeoutMillis = {timeout}: {reason}; set at least {2 * wait}"]

"""The settings of a function, from its environment alone."""

from collections.abc import Mapping
from typing import Any

from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.cross_checks import cross_check
from consumer.settings.declaration import rules_of
from consumer.settings.endpoints import check_endpoints
from consumer.settings.forms import table_of
from consumer.settings.processor import ProcessorSettings
from consumer.settings.publisher import PublisherSettings
from consumer.settings.rules import read, set_in
from consumer.settings.unknown_names import unknown_variables
from consumer.settings.variables import OWN_VARIABLES

_NAME_VARIABLE = "AWS_LAMBDA_FUNCTION_NAME"


def function_settings(environ: Mapping[str, str]) -> ProcessorSettings:
    """Check a function's environment.

    Settings of the daemon are accepted without effect, so that one list of variables serves both.

    Raises:
        ConfigurationError: With every mistake at once.
    """
    rules = rules_of(PublisherSettings)
    found, mistakes = read(rules, set_in(environ, rules))
    unknown = unknown_variables(environ, [rule.variable for rule in rules], (OWN_VARIABLES,))
    mistakes = [*unknown, *mistakes, *cross_check(found), *check_endpoints(environ, {}, found)]
    if mistakes:
        raise ConfigurationError(mistakes)
    return _made(found, environ.get(_NAME_VARIABLE) or "function")


def _made(found: Mapping[str, Any], name: str) -> ProcessorSettings:
    table = found["table"] or table_of(found["stream_arn"])
    return ProcessorSettings(**{**found, "table": table}, worker_id=name, application=name)

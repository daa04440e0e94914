"""How a command ends when its input can't be used: a line for each mistake, exit status 2."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from consumer.aws.errors import SETUP_ERRORS
from consumer.aws.explain import explain
from consumer.aws.profile_endpoints import profile_endpoints
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.declaration import rules_of
from consumer.settings.endpoints import check_endpoints
from consumer.settings.properties import read_properties
from consumer.settings.publisher import PublisherSettings
from consumer.settings.resolve import resolve
from consumer.settings.rules import read, set_in
from consumer.terminal import exits
from consumer.terminal.output import say_error


def configuration_of(
    properties: Path | None, defaults: Mapping[str, str] = MappingProxyType({})
) -> Configuration:
    """Return a worker's configuration; exit with a line for each mistake in it.

    Args:
        properties: The worker's file; None if the environment is all.
        defaults: Values of keys that neither of them sets.
    """
    try:
        values = read_properties(properties) if properties else {}
        return resolve({**defaults, **values}, os.environ, profile_endpoints())
    except ConfigurationError as error:
        refuse(error.mistakes)


def refuse_open_endpoints() -> None:
    """Exit with a line for each endpoint that a worker would refuse; for a command without one."""
    rules = [rule for rule in rules_of(PublisherSettings) if rule.name == "allow_http_endpoints"]
    found, mistakes = read(rules, set_in(os.environ, rules))
    mistakes += check_endpoints(os.environ, profile_endpoints(), found)
    if mistakes:
        refuse(mistakes)


def refuse(mistakes: Iterable[str]) -> NoReturn:
    """Exit with a line for each mistake, and status 2."""
    for mistake in mistakes:
        say_error(mistake)
    sys.exit(exits.USAGE)


@contextmanager
def told_in_one_line(thing: str) -> Iterator[None]:
    """Turn an error of AWS into one line about `thing` and exit status 2."""
    try:
        yield
    except ConfigurationError as error:
        refuse(error.mistakes)
    except SETUP_ERRORS as error:
        say_error(explain(thing, error))
        sys.exit(exits.USAGE)

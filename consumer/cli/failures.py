"""How a command ends when what it was given can't be used."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from botocore.exceptions import BotoCoreError, ClientError

from consumer.adapters.explain import explain
from consumer.cli import exits
from consumer.settings.errors import ConfigurationError
from consumer.settings.properties import read_properties
from consumer.settings.resolve import Configuration, resolve


def configuration_of(properties: Path | None) -> Configuration:
    """Return the configuration of a worker; end with a line for each mistake in it."""
    try:
        return resolve(read_properties(properties) if properties else {}, os.environ)
    except ConfigurationError as error:
        _refuse(error)


@contextmanager
def told_in_one_line(thing: str) -> Iterator[None]:
    """Turn an error of AWS into one line about `thing` and exit status 2."""
    try:
        yield
    except ConfigurationError as error:
        _refuse(error)
    except (ClientError, BotoCoreError, OSError, ValueError) as error:
        click.echo(explain(thing, error), err=True)
        sys.exit(exits.USAGE)


def _refuse(error: ConfigurationError) -> NoReturn:
    """End with a line for each mistake."""
    for mistake in error.mistakes:
        click.echo(mistake, err=True)
    sys.exit(exits.USAGE)

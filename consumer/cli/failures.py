"""How a command ends when what it was given can't be used."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from botocore.exceptions import BotoCoreError, ClientError

from consumer.adapters.explain import explain

EXIT_USAGE = 2


@contextmanager
def told_in_one_line(thing: str) -> Iterator[None]:
    """Turn an error of AWS into one line about `thing` and exit status 2."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        click.echo(explain(thing, error), err=True)
        sys.exit(EXIT_USAGE)

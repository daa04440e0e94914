"""What `replay` does: let changes come again, from a time or a record on."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from consumer.replay.lease_writes import LeaseWrites, OtherReplayError, open_lease_writes
from consumer.replay.read_plan import ReplayError
from consumer.replay.screen import history_table
from consumer.replay.session import ReplayRequest, ReplaySession
from consumer.replay.start_position import StartPosition, parse_origin
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.terminal import exits
from consumer.terminal.failures import configuration_of, told_in_one_line


def make_replay(  # noqa: PLR0913 - a command's options
    properties: Path | None,
    start: str,
    shards: tuple[str, ...],
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Plan a replay, and make it; end with status 2 where that can't be."""
    configuration = configuration_of(properties)
    with _refused(configuration):
        wish = ReplayRequest(_origin(start), shards, dry_run, yes, as_json)
        ReplaySession(configuration, wish).run()


def show_history(properties: Path | None, *, as_json: bool) -> None:
    """Print the replays that were done."""
    configuration = configuration_of(properties)
    with _refused(configuration):
        _print_history(open_lease_writes(configuration), as_json=as_json)


def _origin(start: str) -> StartPosition:
    try:
        return parse_origin(start, time.time())
    except ValueError as error:
        raise ReplayError(f"--from {error}") from error


@contextmanager
def _refused(configuration: Configuration) -> Iterator[None]:
    """Turn what can't be done into one line and exit status 2."""
    try:
        with told_in_one_line(f"replay of {configuration.kcl.application_name}"):
            yield
    except (ReplayError, ConfigurationError) as error:
        click.echo(str(error), err=True)
        sys.exit(exits.USAGE)
    except OtherReplayError:
        click.echo(
            "another replay was done meanwhile, and this one has changed nothing; see "
            "stream-publisher replay --history, then make the plan anew",
            err=True,
        )
        sys.exit(exits.USAGE)


def _print_history(writes: LeaseWrites, *, as_json: bool) -> None:
    entries = writes.history()
    if not as_json:
        Console().print(history_table(entries))
        return
    for entry in entries:
        click.echo(json.dumps(entry.to_json()))

"""`stream-publisher replay`: publish changes again, from a time or a record on."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from consumer.replay.errors import OtherReplayError, ReplayError
from consumer.replay.lease_writes import LeaseWrites, open_lease_writes
from consumer.replay.screen import history_table
from consumer.replay.session import ReplayRequest, ReplaySession
from consumer.replay.start_position import StartPosition, parse_start_position
from consumer.settings.errors import ConfigurationError
from consumer.settings.resolve import Configuration
from consumer.terminal import exits
from consumer.terminal.failures import configuration_of, told_in_one_line
from consumer.terminal.properties_option import properties_option


@click.command(short_help="Publish changes again, while the workers run.")
@click.option("--from", "start", metavar="START", help="Where to begin; see above.")
@click.option(
    "--shard",
    "shards",
    multiple=True,
    metavar="SHARD_ID",
    help="Only this shard and its descendants; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan, write nothing.")
@click.option("--yes", is_flag=True, help="Write without a question.")
@click.option("--history", is_flag=True, help="Show the replays that were done, and who did them.")
@click.option("--json", "as_json", is_flag=True, help="The plan or the history as JSON.")
@properties_option("The worker's properties file. Without it, the environment is all.")
def replay(  # noqa: PLR0913 - a command's options
    start: str | None,
    shards: tuple[str, ...],
    properties: Path | None,
    *,
    dry_run: bool,
    yes: bool,
    history: bool,
    as_json: bool,
) -> None:
    """Publish changes again: set checkpoints back, while the workers run.

    START is a time with its zone (2026-11-23T02:00Z), how long ago ("90m ago"; d, h, m, s), a
    sequence number, trim-horizon (the oldest change that the stream keeps), or latest, which skips
    what is not published yet. The stream is read to find the start in each shard. The plan is shown
    first. Then all of it is written, or nothing. Workers go on by themselves within seconds.

    \b
    Examples:
      stream-publisher replay --from "90m ago" --dry-run --properties my.properties
      stream-publisher replay --from 2026-11-23T02:00Z --yes --properties my.properties
      stream-publisher replay --history --json
    """
    if history == bool(start):
        raise click.UsageError("give either --from or --history")
    if as_json and start and not (yes or dry_run):
        raise click.UsageError("--json doesn't ask: add --yes or --dry-run")
    configuration = configuration_of(properties)
    with _refused(configuration):
        if start is None:
            _show_history(open_lease_writes(configuration), as_json=as_json)
        else:
            # The one time against which this command reads and checks everything.
            asked_at = time.time()
            start_position = _start_position(start, asked_at)
            request = ReplayRequest(start_position, shards, dry_run, yes, as_json, asked_at)
            ReplaySession(configuration, request).run()


def _start_position(start: str, now: float) -> StartPosition:
    try:
        return parse_start_position(start, now)
    except ValueError as error:
        raise ReplayError(f"--from {error}") from error


@contextmanager
def _refused(configuration: Configuration) -> Iterator[None]:
    """Print why a replay can't be done, in one line; exit with status 2."""
    try:
        with told_in_one_line(f"replay of {configuration.kcl.application_name}"):
            yield
    except (ReplayError, ConfigurationError) as error:
        click.echo(str(error), err=True)
        sys.exit(exits.USAGE)
    except OtherReplayError:
        click.echo(
            "another replay was done meanwhile, so this one changed nothing; see "
            "stream-publisher replay --history, then plan again",
            err=True,
        )
        sys.exit(exits.USAGE)


def _show_history(writes: LeaseWrites, *, as_json: bool) -> None:
    replay_records = writes.history()
    if not as_json:
        Console().print(history_table(replay_records))
        return
    for replay_record in replay_records:
        click.echo(json.dumps(replay_record.to_json()))

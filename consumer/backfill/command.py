"""`stream-publisher backfill`: every item of the table, as a snapshot beside the stream."""

import json
import logging
import shlex
import signal
import sys
from pathlib import Path

import click
from rich.console import Console

from consumer.backfill.claim import ClaimedBackfill, begin
from consumer.backfill.runner import BackfillRunner, Progress
from consumer.backfill.screen import Screen
from consumer.backfill.start_or_resume import DEFAULT_SEGMENTS, BackfillRequest
from consumer.backfill.state_store import BusyError
from consumer.publishing.errors import (
    PoisonError,
    RefusedLetterError,
    StreamPublisherError,
    TooManyLettersError,
)
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.telemetry.logs import LogJournal, start_logging
from consumer.terminal import exits
from consumer.terminal.failures import configuration_of
from consumer.terminal.plurals import counted
from consumer.terminal.properties_option import properties_option

_MOST_SEGMENTS = 64


@click.command()
@properties_option("The worker's properties file. Without it, the environment is all.")
@click.option(
    "--segments",
    type=click.IntRange(1, _MOST_SEGMENTS),
    help=f"In how many parts the table is read side by side.  [default: {DEFAULT_SEGMENTS}]",
)
@click.option(
    "--read-units-per-second",
    "units_per_second",
    type=click.FloatRange(1),
    default=100.0,
    show_default=True,
    help="How much of the table's capacity may be read; a unit is 4 KB. All segments together.",
)
@click.option("--resume", is_flag=True, help="Go on with the unfinished backfill.")
@click.option("--restart", is_flag=True, help="Begin anew, whatever is unfinished.")
@click.option("--json", "as_json", is_flag=True, help="The outcome as a JSON object, on stdout.")
def backfill(  # noqa: PLR0913 - one for each option
    properties: Path | None,
    segments: int | None,
    units_per_second: float,
    *,
    resume: bool,
    restart: bool,
    as_json: bool,
) -> None:
    """Publish every item of the table as a SNAPSHOT event.

    For items from before the stream, or from before what it still keeps. Start the worker first, so
    that what changes meanwhile comes by the stream; docs/operations.md says how a subscriber puts
    the two together. Messages have the form that they have from the worker, and a position is kept
    only once SNS has everything before it.

    It can be interrupted, killed too, and resumed from any machine: where it stands is kept in
    DynamoDB, beside the lease table. The exit status is 1 when it stopped before its end.

    \b
    Examples:
      stream-publisher backfill --properties my.properties
      stream-publisher backfill -p my.properties --segments 16 --read-units-per-second 2000
      stream-publisher backfill --properties my.properties --resume
    """
    if resume and restart:
        raise click.UsageError("say --resume or --restart, not both")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    configuration = configuration_of(properties)
    console = Console(stderr=True)
    wish = (
        BackfillRequest.RESUME
        if resume
        else BackfillRequest.RESTART
        if restart
        else BackfillRequest.BEGIN
    )
    journal = LogJournal(logging.getLogger("consumer"))
    begun = _begun(configuration, wish, segments, journal)
    performance = BackfillRunner(begun, configuration, journal, units_per_second)
    with Screen(console, begun.description.items, begun.backfill.items) as screen:
        _log_for(console, configuration)  # above the bar, from now on
        status, lines = _perform(performance, screen, properties)
    for line in lines:
        _say(line)
    _tell(performance.progress, as_json=as_json)
    sys.exit(status)


def _log_for(console: Console, configuration: Configuration) -> None:
    """Only what somebody should know of: what is routine shows as progress."""
    form = "human" if console.is_terminal else configuration.publisher.log_format
    level = configuration.publisher.log_level
    start_logging(form, "ERROR" if level == "ERROR" else "WARN", {})


def _begun(
    configuration: Configuration, wish: BackfillRequest, segments: int | None, journal: LogJournal
) -> ClaimedBackfill:
    try:
        return begin(
            configuration, wish, segments, journal, lambda line: click.echo(line, err=True)
        )
    except ConfigurationError as error:
        for mistake in error.mistakes:
            click.echo(mistake, err=True)
        sys.exit(exits.USAGE)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _perform(
    performance: BackfillRunner, screen: Screen, properties: Path | None
) -> tuple[int, list[str]]:
    """Work until the end; return the exit status, and what to say of it."""
    try:
        performance.run(screen.show)
    except BusyError as error:
        return exits.FAILED, [f"stopped: {error}, and has taken it over"]
    except KeyboardInterrupt:
        return exits.INTERRUPTED, ["stopped", _resume(properties)]
    except StreamPublisherError as error:
        return exits.FAILED, [f"stopped: {error}{_remedy(error)}", _resume(properties)]
    return 0, []


def _remedy(error: BaseException) -> str:
    has_letters = isinstance(error, TooManyLettersError | RefusedLetterError)
    if has_letters or not isinstance(error, PoisonError):
        return ""
    return "; fix the item, or set publisher.onPoison = dead-letter"


def _resume(properties: Path | None) -> str:
    named = ["--properties", str(properties)] if properties else []
    command = shlex.join(["stream-publisher", "backfill", *named, "--resume"])
    return f"what is published is kept; go on with: {command}"


def _tell(progress: Progress, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(progress.to_json()))
    else:
        figures = f"{counted(progress.backfill.items, 'item')} published by run "
        units = f"{progress.units:,.0f} read units in {progress.seconds:,.0f} s"
        click.echo(f"{figures}{progress.backfill.run.name}; {units}")

"""What `backfill` does: publish every item of the table, as a snapshot beside the stream."""

import logging
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from consumer.backfill.claim import ClaimedBackfill, Surroundings, claim
from consumer.backfill.request import BackfillRequest
from consumer.backfill.runner import BackfillRunner, Progress
from consumer.backfill.screen import Screen
from consumer.backfill.state_store import BusyError
from consumer.publishing.errors import (
    PoisonError,
    RefusedDeadLetterError,
    StreamPublisherError,
    TooManyDeadLettersError,
)
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.telemetry.logs import LogJournal, start_logging
from consumer.terminal import exits
from consumer.terminal.failures import configuration_of, refuse
from consumer.terminal.interrupts import deferred
from consumer.terminal.output import Console, say, say_error, say_json
from consumer.terminal.plurals import counted


def publish_table(
    request: BackfillRequest,
    properties: Path | None,
    segments: int | None,
    units_per_second: float,
    *,
    as_json: bool,
) -> None:
    """Publish every item of the table; exit with status 1 if it stops before its end."""
    configuration = configuration_of(properties)
    journal, console = LogJournal(logging.getLogger("consumer")), Console(stderr=True)
    with deferred() as stop:
        claimed = _claimed(
            configuration, request, segments, Surroundings(journal, _say, stop.sleep)
        )
        runner = BackfillRunner(claimed, configuration, journal, units_per_second)
        with Screen(console, claimed.description.items, claimed.backfill.items) as screen:
            _log_for(console, configuration)  # above the bar, from now on
            status, line = _run(lambda: runner.run(screen.show, stop.check))
        if line:
            _say(line)
        if status != 0 and runner.is_resumable:
            _say(_resume(properties))
        _tell(runner.progress, as_json=as_json)
    sys.exit(status)


def _log_for(console: Console, configuration: Configuration) -> None:
    """Log warnings and errors only: the progress bar shows the rest."""
    form = "human" if console.is_terminal else configuration.publisher.log_format
    level = configuration.publisher.log_level
    start_logging(form, "ERROR" if level == "ERROR" else "WARN", {})


def _claimed(
    configuration: Configuration,
    request: BackfillRequest,
    segments: int | None,
    around: Surroundings,
) -> ClaimedBackfill:
    try:
        return claim(configuration, request, segments, around)
    except ConfigurationError as error:
        refuse(error.mistakes)


def _say(line: str) -> None:
    say_error(line)


def _run(work: Callable[[], object]) -> tuple[int, str]:
    """Work until the end; return the exit status, and why it is not 0."""
    try:
        work()
    except BusyError as error:
        return exits.FAILED, f"stopped: {error}, and has taken it over"
    except KeyboardInterrupt:
        return exits.INTERRUPTED, "stopped"
    except StreamPublisherError as error:
        return exits.FAILED, f"stopped: {error}{_remedy(error)}"
    return 0, ""


def _remedy(error: BaseException) -> str:
    has_letters = isinstance(error, TooManyDeadLettersError | RefusedDeadLetterError)
    if has_letters or not isinstance(error, PoisonError):
        return ""
    return "; fix the item, or set publisher.onPoison = dead-letter"


def _resume(properties: Path | None) -> str:
    named = ["--properties", str(properties)] if properties else []
    command = shlex.join(["stream-publisher", "backfill", *named, "--resume"])
    return f"the positions are saved; go on with: {command}"


def _tell(progress: Progress, *, as_json: bool) -> None:
    if as_json:
        say_json(progress.to_json())
    else:
        figures = f"{counted(progress.backfill.items, 'item')} published by run "
        units = f"{progress.units:,.0f} read units in {progress.seconds:,.0f} s"
        say(f"{figures}{progress.backfill.run.name}; {units}")

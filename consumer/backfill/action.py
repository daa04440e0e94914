"""What `backfill` does: publish every item of the table, as a snapshot beside the stream."""

import logging
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from consumer.backfill.claim import (
    ClaimedBackfill,
    PreparedBackfill,
    Surroundings,
    prepare,
    take,
)
from consumer.backfill.plan import plan_backfill
from consumer.backfill.plan_screen import print_plan
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
from consumer.terminal.interrupts import StopRequest, deferred, ending_at_once
from consumer.terminal.output import Console, say, say_error, say_json
from consumer.terminal.plurals import counted


@dataclass(frozen=True, slots=True)
class Options:
    """How a backfill was asked for.

    Attributes:
        request: Whether it is a new one.
        segments: The number of segments; None if none is asked for.
        units_per_second: How fast the table may be read.
        dry_run: Whether to show the plan and end.
        yes: Whether to begin without a question.
        as_json: Whether to print JSON.
    """

    request: BackfillRequest
    segments: int | None
    units_per_second: float
    dry_run: bool
    yes: bool
    as_json: bool


def publish_table(properties: Path | None, options: Options) -> None:
    """Show what it takes, ask, and publish every item; exit with status 1 if it stops early."""
    configuration = configuration_of(properties)
    journal = LogJournal(logging.getLogger("consumer"))
    with deferred() as stop, _refused():
        around = Surroundings(journal, say_error, stop.sleep)
        prepared = prepare(configuration, options.request, options.segments, around)
        stop.check()
        _ask(prepared, configuration, options)
        claimed = take(configuration, prepared)
        runner = BackfillRunner(claimed, configuration, journal, options.units_per_second)
        status = _carry_out(runner, claimed, configuration, stop)
        if status != 0 and runner.is_resumable:
            say_error(_resume(properties))
        _tell(runner.progress, as_json=options.as_json)
    sys.exit(status)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except ConfigurationError as error:
        refuse(error.mistakes)


def _ask(prepared: PreparedBackfill, configuration: Configuration, options: Options) -> None:
    """Show the plan; end where nobody wants it."""
    plan = plan_backfill(
        prepared.description.size,
        prepared.backfill.items,
        configuration.publisher.batch_size,
        options.units_per_second,
    )
    if options.dry_run and options.as_json:
        say_json({"table": configuration.table, **plan.to_json()})
    else:
        print_plan(Console(stderr=not options.dry_run), prepared, plan)
    if options.dry_run:
        sys.exit(0)
    if not options.yes and not _is_wanted():
        say_error("Nothing was published.")
        sys.exit(exits.FAILED)


def _is_wanted() -> bool:
    """Ask; Ctrl-C ends the program at once, since nothing was begun."""
    with ending_at_once():
        return click.confirm("Publish this?", err=True)


def _carry_out(
    runner: BackfillRunner,
    claimed: ClaimedBackfill,
    configuration: Configuration,
    stop: StopRequest,
) -> int:
    """Work until the end, below a bar; return the exit status."""
    console = Console(stderr=True)
    with Screen(console, claimed.description.size.items, claimed.backfill.items) as screen:
        _log_for(console, configuration)  # above the bar, from now on
        status, line = _run(lambda: runner.run(screen.show, stop.check))
    if line:
        say_error(line)
    return status


def _log_for(console: Console, configuration: Configuration) -> None:
    """Log warnings and errors only: the progress bar shows the rest."""
    form = "human" if console.is_terminal else configuration.publisher.log_format
    level = configuration.publisher.log_level
    start_logging(form, "ERROR" if level == "ERROR" else "WARN", {})


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

"""What `status` does: show which worker reads which shard, and how far behind it is."""

import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import RenderableType
from rich.live import Live

from consumer.fleet.connections import open_stream, stream_thing
from consumer.fleet.inspection import Inspection, lease_timeout, open_inspection
from consumer.fleet.status import FleetStatus
from consumer.settings.configuration import Configuration
from consumer.status.lines import plain_lines
from consumer.status.screen import render
from consumer.status.to_json import to_json
from consumer.status.words import Subject, excess
from consumer.terminal import exits
from consumer.terminal.failures import configuration_of, told_in_one_line
from consumer.terminal.interrupts import StopRequest, deferred
from consumer.terminal.output import Console, say, say_error, say_json

_POLL_SECONDS = 1.0
_WIDE = 500


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """What was asked for.

    Attributes:
        properties: The worker's file; None if the environment is all.
        watch: Whether to repeat until Ctrl-C.
        every: Seconds between two readings.
        twice: Whether to watch the leases first, for as long as one lasts.
        everything: Whether to show every shard, ended ones too.
        wide: Whether to show whole ids.
        max_lag: The longest lag that is well, in seconds; None if any is.
        count: The most records left to count in each shard.
        as_json: Whether to print JSON.
    """

    properties: Path | None
    watch: bool
    every: float
    twice: bool
    everything: bool
    wide: bool
    max_lag: float | None
    count: int
    as_json: bool


def show_status(request: StatusRequest) -> None:
    """Show the status; exit with status 2 if it can't be read, with 1 if a lag is too long."""
    configuration = configuration_of(request.properties)
    with told_in_one_line(stream_thing(configuration)):
        stream = open_stream(configuration)
    inspection = open_inspection(configuration, stream)
    with told_in_one_line(f"applicationName = {configuration.kcl.application_name!r}"):
        if request.twice:
            _watch_renewals(inspection, request.count, configuration)
        # Without --watch, Ctrl-C ends the command as any other.
        with deferred() if request.watch else nullcontext() as stop:
            last = _print(_statuses(inspection, request, stop), _subject(configuration), request)
    _judge(last, request.max_lag)


def _subject(configuration: Configuration) -> Subject:
    own, kcl = configuration.publisher, configuration.kcl
    return Subject(kcl.application_name, configuration.table, own.topic_arn)


def _judge(status: FleetStatus, max_lag: float | None) -> None:
    """Exit with status 1 if a lag is too long, or not known to be short enough."""
    if max_lag is not None and (reason := excess(status, max_lag)):
        say_error(reason)
        sys.exit(exits.FAILED)


def _statuses(
    inspection: Inspection, request: StatusRequest, stop: StopRequest | None
) -> Iterator[FleetStatus]:
    """Yield one status, or one every so many seconds until the command is to stop."""
    yield _first(inspection, request.count)
    while stop is not None and not stop.wait(request.every):
        yield inspection.status(request.count, lambda _done, _of: None)


def _first(inspection: Inspection, count: int) -> FleetStatus:
    with Console(stderr=True).status("Reading the leases") as progress:
        return inspection.status(
            count, lambda done, of: progress.update(f"Reading the shards: {done} of {of}")
        )


def _watch_renewals(inspection: Inspection, count: int, configuration: Configuration) -> None:
    """Look once, then read the leases for as long as one lasts: the next look has a pace."""
    seconds = lease_timeout(configuration.kcl)
    _first(inspection, count)
    with Console(stderr=True).status(f"Watching the leases for {seconds:.0f} s"):
        for _ in range(round(seconds / _POLL_SECONDS)):
            inspection.read()
            time.sleep(_POLL_SECONDS)


def _print(
    statuses: Iterator[FleetStatus], subject: Subject, request: StatusRequest
) -> FleetStatus:
    """Print each status, and return the last one."""
    # Whole ids are wider than the screen, which breaks the lines.
    console = Console(width=_WIDE if request.wide else None)
    if console.draws and not request.as_json:
        return _draw(statuses, subject, request, console)
    last = next(statuses)
    _write(last, subject, request)
    for last in statuses:
        _write(last, subject, request)
    return last


def _write(status: FleetStatus, subject: Subject, request: StatusRequest) -> None:
    if not request.as_json:
        for line in plain_lines(status, subject, everything=request.everything):
            say(line)
        return
    head = {
        "time": datetime.fromtimestamp(status.at, UTC).isoformat(timespec="milliseconds"),
        "application": subject.application,
        "table": subject.table,
        "topicArn": subject.topic_arn,
    }
    say_json(head | to_json(status))


def _draw(
    statuses: Iterator[FleetStatus], subject: Subject, request: StatusRequest, console: Console
) -> FleetStatus:
    def drawn(status: FleetStatus) -> RenderableType:
        everything, wide = request.everything, request.wide
        return render(status, subject, console, everything=everything, wide=wide)

    last = next(statuses)
    if request.wide or not request.watch:
        console.print(drawn(last))
        for last in statuses:  # broken lines can't be drawn over
            console.print(drawn(last))
        return last
    with Live(drawn(last), console=console, auto_refresh=False) as live:
        for last in statuses:
            live.update(drawn(last), refresh=True)
    return last

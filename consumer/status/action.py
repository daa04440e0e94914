"""What `status` does: show which worker reads which shard, and how far behind it is."""

import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.live import Live
from rich.progress import Progress

from consumer.fleet.connections import open_stream, stream_thing
from consumer.fleet.inspection import Inspection, lease_timeout, open_inspection
from consumer.fleet.status import FleetStatus
from consumer.settings.configuration import Configuration
from consumer.status.table import render
from consumer.status.to_json import to_json
from consumer.terminal.failures import configuration_of, told_in_one_line
from consumer.terminal.interrupts import StopRequest, deferred
from consumer.terminal.output import Console, say_json

_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """What was asked for.

    Attributes:
        properties: The worker's file; None if the environment is all.
        watch: Whether to repeat until Ctrl-C.
        every: Seconds between two readings.
        twice: Whether to watch the leases first, for as long as one lasts.
        everything: Whether to show ended shards too.
        count: The most records left to count in each shard.
        as_json: Whether to print JSON.
    """

    properties: Path | None
    watch: bool
    every: float
    twice: bool
    everything: bool
    count: int
    as_json: bool


def show_status(request: StatusRequest) -> None:
    """Show the status; exit with status 2 if it can't be read."""
    configuration = configuration_of(request.properties)
    with told_in_one_line(stream_thing(configuration)):
        stream = open_stream(configuration)
    inspection = open_inspection(configuration, stream)
    with told_in_one_line(f"applicationName = {configuration.kcl.application_name!r}"):
        if request.twice:
            _watch_renewals(inspection, configuration)
        # Without --watch, Ctrl-C ends the command as any other.
        with deferred() if request.watch else nullcontext() as stop:
            statuses = _statuses(inspection, request, stop)
            if request.as_json:
                _print_json(statuses, configuration)
            else:
                _show(statuses, everything=request.everything)


def _statuses(
    inspection: Inspection, request: StatusRequest, stop: StopRequest | None
) -> Iterator[FleetStatus]:
    """Yield one status, or one every so many seconds until the command is to stop."""
    count = request.count
    with _progress() as progress:
        task = progress.add_task("Reading the shards", total=None)
        first = inspection.status(
            count, lambda done, of: progress.update(task, completed=done, total=of)
        )
    yield first
    while stop is not None and not stop.wait(request.every):
        yield inspection.status(count, lambda _done, _of: None)


def _progress() -> Progress:
    """A progress bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _watch_renewals(inspection: Inspection, configuration: Configuration) -> None:
    """Read the leases for as long as one lasts."""
    seconds = lease_timeout(configuration.kcl)
    with _progress() as progress:
        for _ in progress.track(range(round(seconds / _POLL_SECONDS)), description="Renewals"):
            inspection.read()
            time.sleep(_POLL_SECONDS)


def _print_json(statuses: Iterator[FleetStatus], configuration: Configuration) -> None:
    for each in statuses:
        at = datetime.fromtimestamp(each.at, UTC).isoformat(timespec="milliseconds")
        head = {"time": at, "application": configuration.kcl.application_name}
        say_json(head | to_json(each))


def _show(statuses: Iterator[FleetStatus], *, everything: bool) -> None:
    console = Console()
    first = next(statuses)
    with Live(render(first, everything=everything), console=console, auto_refresh=False) as live:
        for each in statuses:
            live.update(render(each, everything=everything), refresh=True)

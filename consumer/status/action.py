"""What `status` does: show who reads which shard, and how far behind."""

import json
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.progress import Progress, TaskID

from consumer.fleet.inspection import Inspection, patience
from consumer.fleet.opening import open_lease_table, open_stream, stream_thing
from consumer.fleet.status import FleetStatus
from consumer.settings.resolve import Configuration
from consumer.status.table import render
from consumer.status.to_json import to_json
from consumer.terminal.failures import configuration_of, told_in_one_line
from consumer.terminal.interrupts import StopRequest, deferred

_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """What is to be shown.

    Attributes:
        properties: The worker's file; None where the environment is all.
        watch: Whether to look again and again.
        every: Seconds from one look to the next.
        twice: Whether to watch first for as long as a lease lasts.
        everything: Whether to show ended shards too.
        count: How many records left of a shard are counted at most.
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
    """Show what is asked for; end with status 2 where it can't be read."""
    configuration = configuration_of(request.properties)
    with told_in_one_line(stream_thing(configuration)):
        stream = open_stream(configuration)
    inspection = Inspection(open_lease_table(configuration), stream, configuration.kcl)
    with told_in_one_line(f"applicationName = {configuration.kcl.application_name!r}"):
        if request.twice:
            _watch_renewals(inspection, configuration)
        # Without --watch, Ctrl-C ends the command as any other.
        with deferred() if request.watch else nullcontext() as stop:
            looks = _looks(inspection, request, stop)
            if request.as_json:
                _print_json(looks, configuration)
            else:
                _show(looks, everything=request.everything)


def _looks(
    inspection: Inspection, request: StatusRequest, stop: StopRequest | None
) -> Iterator[FleetStatus]:
    """One look, or one each so many seconds until the command is to stop."""
    count = request.count
    with _progress() as progress:
        task = progress.add_task("Reading the shards", total=None)
        first = inspection.status(count, lambda done, of: _tell(progress, task, done, of))
    yield first
    while stop is not None and not stop.wait(request.every):
        yield inspection.status(count, lambda _done, _of: None)


def _progress() -> Progress:
    """A bar for a person, nothing for a file."""
    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _tell(progress: Progress, task: TaskID, done: int, of: int) -> None:
    progress.update(task, completed=done, total=of)


def _watch_renewals(inspection: Inspection, configuration: Configuration) -> None:
    """Look at the leases for as long as one lasts."""
    seconds = patience(configuration.kcl)
    with _progress() as progress:
        for _ in progress.track(range(round(seconds / _POLL_SECONDS)), description="Renewals"):
            inspection.look()
            time.sleep(_POLL_SECONDS)


def _print_json(looks: Iterator[FleetStatus], configuration: Configuration) -> None:
    for look in looks:
        at = datetime.fromtimestamp(look.at, UTC).isoformat(timespec="milliseconds")
        head = {"time": at, "application": configuration.kcl.application_name}
        click.echo(json.dumps(head | to_json(look), ensure_ascii=False))


def _show(looks: Iterator[FleetStatus], *, everything: bool) -> None:
    console = Console()
    first = next(looks)
    with Live(render(first, everything=everything), console=console, auto_refresh=False) as live:
        for look in looks:
            live.update(render(look, everything=everything), refresh=True)

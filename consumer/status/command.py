"""`stream-publisher status`: who reads which shard, and how far behind."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.progress import Progress, TaskID

from consumer.fleet.inspection import Inspection, patience
from consumer.fleet.opening import open_lease_table, open_stream, stream_thing
from consumer.fleet.status import FleetStatus
from consumer.settings.configuration import Configuration
from consumer.status.table import render
from consumer.status.to_json import to_json
from consumer.terminal.failures import configuration_of, told_in_one_line
from consumer.terminal.properties_option import properties_option

_POLL_SECONDS = 1.0


@click.command(short_help="Show workers and shards, and how far behind they are.")
@properties_option("The workers' properties file. Without it, the environment is all.")
@click.option("--watch", is_flag=True, help="Look again and again until Ctrl-C.")
@click.option(
    "--every",
    type=click.FloatRange(1, 3600),
    default=5.0,
    show_default=True,
    help="Seconds from one look to the next, with --watch.",
)
@click.option("--twice", is_flag=True, help="Watch for as long as a lease lasts, then tell.")
@click.option("--all", "everything", is_flag=True, help="Show ended shards too.")
@click.option(
    "--count",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    help="Count the records left of a shard up to so many.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a look.")
def status(  # noqa: PLR0913 - each option is an argument
    properties: Path | None,
    *,
    watch: bool,
    every: float,
    twice: bool,
    everything: bool,
    count: int,
    as_json: bool,
) -> None:
    """Show workers, and for each shard its owner, checkpoint and how far behind it is.

    Everything is read from the lease table and the stream, so that it works from any machine with
    the workers' configuration. The lag is the age of the oldest record that is not checkpointed.
    The lease table keeps no times: when a lease was last renewed only several looks tell.

    \b
    Examples:
      stream-publisher status --properties my.properties
      stream-publisher status --properties my.properties --watch
      stream-publisher status --properties my.properties --json | jq .totals.lagSeconds
    """
    configuration = configuration_of(properties)
    with told_in_one_line(stream_thing(configuration)):
        stream = open_stream(configuration)
    inspection = Inspection(open_lease_table(configuration), stream, configuration.kcl)
    with told_in_one_line(f"applicationName = {configuration.kcl.application_name!r}"):
        looks = _looks(inspection, count, every if watch else None)
        try:
            if twice:
                _watch_renewals(inspection, configuration)
            _print_json(looks, configuration) if as_json else _show(looks, everything=everything)
        except KeyboardInterrupt:
            if not watch:
                raise


def _looks(inspection: Inspection, count: int, every: float | None) -> Iterator[FleetStatus]:
    """One look, or one each so many seconds."""
    with _progress() as progress:
        task = progress.add_task("Reading the shards", total=None)
        first = inspection.status(count, lambda done, of: _tell(progress, task, done, of))
    yield first
    while every is not None:
        time.sleep(every)
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

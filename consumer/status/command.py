"""`stream-publisher status`: which worker reads which shard, and how far behind it is."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.progress import Progress

from consumer.fleet.connections import open_lease_table, open_stream, stream_thing
from consumer.fleet.inspection import Inspection, lease_timeout
from consumer.fleet.status import FleetStatus
from consumer.settings.resolve import Configuration
from consumer.status.table import render
from consumer.status.to_json import to_json
from consumer.terminal.failures import configuration_of, told_in_one_line
from consumer.terminal.properties_option import properties_option

_POLL_SECONDS = 1.0


@click.command(short_help="Show workers and shards, and how far behind they are.")
@properties_option("The workers' properties file. Without it, the environment is all.")
@click.option("--watch", is_flag=True, help="Repeat until Ctrl-C.")
@click.option(
    "--every",
    type=click.FloatRange(1, 3600),
    default=5.0,
    show_default=True,
    help="Seconds between two readings, with --watch.",
)
@click.option("--twice", is_flag=True, help="Watch the leases for as long as one lasts, then show.")
@click.option("--all", "everything", is_flag=True, help="Show ended shards too.")
@click.option(
    "--count",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    help="The most records left to count in each shard.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each reading.")
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
    """Show the workers, and each shard's owner, checkpoint and backlog.

    It reads the lease table and the stream, so it works from any machine with the workers'
    configuration. The lag is the age of the oldest record that is not checkpointed. The lease table
    holds no times: only --twice or --watch can show when a lease was renewed.

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
        statuses = _statuses(inspection, count, every if watch else None)
        try:
            if twice:
                _watch_renewals(inspection, configuration)
            if as_json:
                _print_json(statuses, configuration)
            else:
                _show(statuses, everything=everything)
        except KeyboardInterrupt:
            if not watch:
                raise


def _statuses(inspection: Inspection, count: int, every: float | None) -> Iterator[FleetStatus]:
    """Yield one status, or one every so many seconds."""
    with _progress() as progress:
        task = progress.add_task("Reading the shards", total=None)
        first = inspection.status(
            count, lambda done, of: progress.update(task, completed=done, total=of)
        )
    yield first
    while every is not None:
        time.sleep(every)
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
        click.echo(json.dumps(head | to_json(each), ensure_ascii=False))


def _show(statuses: Iterator[FleetStatus], *, everything: bool) -> None:
    console = Console()
    first = next(statuses)
    with Live(render(first, everything=everything), console=console, auto_refresh=False) as live:
        for each in statuses:
            live.update(render(each, everything=everything), refresh=True)

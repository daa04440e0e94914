"""`scripts/soak`: days of a stream in minutes; what a fleet takes must not grow."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from consumer.terminal import exits
from consumer.terminal.interrupts import deferred
from tests.chaos.screen import Screen
from tests.soak.plan import Pace
from tests.soak.soak import Soak, SoakOutcome


@click.command()
@click.option("--minutes", type=click.FloatRange(1, 6000), default=30, show_default=True)
@click.option("--shards", type=click.IntRange(2, 64), default=4, show_default=True)
@click.option(
    "--roll-seconds",
    type=click.FloatRange(0.5, 600),
    default=4.0,
    show_default=True,
    help="From one roll of any shard to the next.",
)
@click.option(
    "--replace-seconds",
    type=click.FloatRange(20, 6000),
    default=60.0,
    show_default=True,
    help="From one replacement of a worker to the next.",
)
@click.option(
    "--rate",
    type=click.FloatRange(1, 5000),
    default=50,
    show_default=True,
    help="Changes a second.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as the last line of stdout.")
def main(  # noqa: PLR0913 - an option each
    *,
    minutes: float,
    shards: int,
    roll_seconds: float,
    replace_seconds: float,
    rate: float,
    as_json: bool,
) -> None:
    """Let a fleet live for days of its stream's time, and look whether anything grows.

    Two real workers read a simulated stream, whose shards roll every few seconds and expire after
    a day of its time; half of the shards are quiet. The workers are replaced in turn. Memory,
    threads, open files, processes and lease rows are counted once the stream is a day old, and at
    the end. The exit status is 1 when one of them has grown, or when a change was lost or
    overtaken; the workers' logs are then kept.
    """
    folder = Path(tempfile.mkdtemp(prefix="stream-publisher-soak-"))
    pace = Pace(minutes * 60, shards, roll_seconds, replace_seconds)
    try:
        with deferred() as stop:
            outcome = _run(Soak(pace, rate, folder), Console(stderr=as_json), stop.check)
    except KeyboardInterrupt:
        shutil.rmtree(folder)
        sys.exit(exits.INTERRUPTED)
    except TimeoutError as error:
        _fail(f"{error}; logs: {folder}")
    if as_json:
        click.echo(json.dumps(outcome.to_json()))
    if not outcome.is_good:
        _fail(f"logs: {folder}")
    shutil.rmtree(folder)


def _run(soak: Soak, console: Console, look: Callable[[], None]) -> SoakOutcome:
    with soak as running:
        screen = Screen(console, running.storm)
        for phase, looks in running.phases(look):
            screen.follow(phase, looks)
        outcome = running.outcome()
    console.print(_table(outcome))
    return outcome


def _table(outcome: SoakOutcome) -> Table:
    table = Table("", "after a day", "at the end", title="Soak")
    for growth in outcome.growths:
        grows = "  grows" if growth.is_growth else ""
        table.add_row(growth.name, f"{growth.first:.1f}", f"{growth.last:.1f}{grows}")
    for name, value in outcome.counts.items():
        table.add_row(name, "", str(value))
    return table


def _fail(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(exits.FAILED)


if __name__ == "__main__":
    main()

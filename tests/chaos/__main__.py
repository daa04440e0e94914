"""`scripts/chaos`: break everything under load, and look whether a change is lost."""

import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from consumer.settings.variables import environment_name
from consumer.terminal import exits
from tests.chaos.screen import Screen
from tests.chaos.storm import Forecast, Outcome, Storm
from tests.chaos.traffic import FILTER, FILTER_VARIABLE


@click.command()
@click.option("--minutes", type=click.FloatRange(0.1, 600), default=5, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Which plan.")
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True)
@click.option("--shards", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option(
    "--rate",
    type=click.FloatRange(1, 5000),
    default=100,
    show_default=True,
    help="Changes a second.",
)
@click.option(
    "--filter", "is_filtered", is_flag=True, help="The workers filter out every other item."
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting of the workers; publisher.fifoGroup makes the topic a FIFO topic.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as the last line of stdout.")
@click.option("--keep", is_flag=True, help="Keep the workers' logs in any case, and tell where.")
def main(  # noqa: PLR0913 - an option each
    *,
    minutes: float,
    seed: int,
    workers: int,
    shards: int,
    rate: float,
    is_filtered: bool,
    settings: tuple[str, ...],
    as_json: bool,
    keep: bool,
) -> None:
    """Break everything under load, and look whether a change is lost or overtaken.

    Real workers read a simulated stream of many shards and publish to moto's SNS, while workers
    and record processors are killed, stopped and frozen, shards split, and stream, topic and
    lease table fail. The same seed gives the same plan. The exit status is 1 when a change was
    lost or arrived out of order, or when a worker could not be stopped in order; the workers' logs
    are then kept.
    """
    signal.signal(signal.SIGTERM, _end)
    folder = Path(tempfile.mkdtemp(prefix="stream-publisher-chaos-"))
    pairs = [setting.partition("=") for setting in settings]
    environ = {environment_name(key): value for key, _, value in pairs}
    environ |= {FILTER_VARIABLE: FILTER} if is_filtered else {}
    forecast = Forecast(minutes * 60, seed, workers, shards, rate, environ)
    try:
        outcome = _run(forecast, folder, Console(stderr=as_json))
    except TimeoutError as error:
        _fail(f"{error}; logs: {folder}; seed: {seed}")
    if as_json:
        click.echo(json.dumps(_figures(outcome, forecast)))
    if not outcome.is_good:
        _fail(f"The promise did not hold. Logs: {folder}; seed: {seed}; lost: {outcome.some_lost}")
    if keep:
        click.echo(f"Logs: {folder}", err=True)
    else:
        shutil.rmtree(folder)


def _run(forecast: Forecast, folder: Path, console: Console) -> Outcome:
    with Storm(forecast, folder) as storm:
        screen = Screen(console, storm)
        screen.follow("starting", storm.until_ready())
        screen.follow("breaking things", storm.while_it_rages())
        screen.follow("mending", storm.until_calm())
        outcome = storm.outcome()
    screen.summary(outcome)
    return outcome


def _figures(outcome: Outcome, forecast: Forecast) -> dict[str, object]:
    balance = outcome.balance.to_json()
    balance.pop("foreign")
    return {
        **balance,
        "faults": dict(sorted(outcome.faults.items())),
        "longest_stall_seconds": round(outcome.longest_stall.seconds, 1),
        "worker_exits": outcome.worker_exits,
        "workers": forecast.workers,
        "shards": forecast.shards,
        "seed": forecast.seed,
        "settings": forecast.settings,
    }


def _fail(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(exits.FAILED)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()

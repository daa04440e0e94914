"""What a worker does while SNS stands still: its memory, and what arrives afterwards.

    .venv/bin/python -m benchmarks.standstill [--seconds 120] [--json]

Four shards of a simulated stream with a backlog each, of which a worker can hold a part only. SNS
takes every call and answers none; calls end by their time-out and are tried again. Then it answers.
Memory is PSS, of the Java machine and of all its record processors, every 15 seconds.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import click
import psutil
from rich.console import Console

from benchmarks.contest import lay_course, start_ours
from benchmarks.helper import Helper
from benchmarks.memory import pss
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.process import ManagedProcess
from tests.streams.ledger import Ledger

SHARDS, RECORDS = 4, 80_000
_NO_ANSWER_MILLIS = 3_600_000
_PATIENCE_SECONDS = 180.0
_EVERY_SECONDS = 15.0


@click.command()
@click.option("--seconds", default=120, show_default=True, help="How long SNS stands still.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def main(seconds: int, *, as_json: bool) -> None:
    """Let SNS stand still, then answer."""
    with (
        Sandbox() as sandbox,
        Helper("streams", sandbox.folder) as streams,
        Helper("topic", sandbox.folder) as topic,
        Console(stderr=True).status("Standing still"),
    ):
        course = lay_course("still", sandbox, streams, topic.ask("place"), SHARDS)
        worker = start_ours(course)
        try:
            measured = _stand_still(worker, streams, topic, seconds)
        finally:
            worker.kill()
    click.echo(json.dumps(measured) if as_json else "\n".join(_lines(measured)))
    raise SystemExit(measured["lost"] or measured["out_of_order"])


def _stand_still(
    worker: ManagedProcess, streams: Helper, topic: Helper, seconds: int
) -> dict[str, Any]:
    topic.ask("begin", millis=20)
    ledger = Ledger()
    written = streams.ask("write", table="still", count=SHARDS * 1000)
    topic.ask("wait_for", records=len(written), seconds=_PATIENCE_SECONDS)
    _count(ledger, written, topic.ask("arrived"))
    before = _weight(worker)
    topic.ask("begin", millis=_NO_ANSWER_MILLIS)
    written = streams.ask("write", table="still", count=RECORDS)
    weights = list(_weights(worker, seconds))
    topic.ask("begin", millis=0)
    done = topic.ask("wait_for", records=RECORDS, seconds=_PATIENCE_SECONDS)
    _count(ledger, written, topic.ask("arrived"))
    balance = ledger.balance()
    return {
        "seconds": seconds,
        "MiB before": before,
        "MiB meanwhile": weights,
        "written": balance.written,
        "lost": balance.lost,
        "out_of_order": balance.out_of_order,
        "seconds until all had arrived": round(done["seconds"], 1),
    }


def _count(
    ledger: Ledger, written: list[tuple[str, int, float]], arrived: list[tuple[str, int, float]]
) -> None:
    for item_id, version, _ in written:
        ledger.write(item_id, version)
    for item_id, version, _ in arrived:
        ledger.receive(item_id, version)


def _weights(worker: ManagedProcess, seconds: float) -> Iterator[float]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(_EVERY_SECONDS)
        yield _weight(worker)


def _weight(worker: ManagedProcess) -> float:
    children = psutil.Process(worker.pid).children(recursive=True)
    return round(pss(worker.pid) + sum(pss(child.pid) for child in children))


def _lines(measured: dict[str, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in measured.items()]


if __name__ == "__main__":
    main()

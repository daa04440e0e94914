"""What poison in one of eight shards costs the other seven.

    .venv/bin/python -m benchmarks.isolation [--seconds 60] [--json]

A worker reads a simulated stream of eight shards, into which changes are written at a steady rate;
the same once more with a record in one shard that can't be published, so that its record processor
fails again and again. Each line is how long changes of the other shards took from their write to
their arrival at the topic.
"""

import json
import statistics
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from consumer.demo.daemon import Daemon
from consumer.local.subscription import Subscription
from consumer.sandbox.backends import Sandbox
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import Items, identify, poison
from tests.streams.stream import SimulatedStream

SHARDS = 8
ITEMS = [f"item-{number}" for number in range(400)]
RATE = 80
QUIET_SECONDS = 5.0
PATIENCE_SECONDS = 120.0


class Side:
    """One of the two runs.

    Args:
        sandbox: The servers of lease table and topic.
        subscription: The topic's subscriber.
        sick: Whether a shard is poisoned.
    """

    def __init__(self, sandbox: Sandbox, subscription: Subscription, *, sick: bool) -> None:
        self._sandbox, self._subscription, self._is_sick = sandbox, subscription, sick
        self._stream = SimulatedStream("orders", SHARDS)
        self._items, self._written = Items("x" * 100), dict[tuple[str, int], float]()
        self._sick_shard = self._stream.open_shards()[0]
        self._delays: list[float] = []
        self._no_more = threading.Event()

    def measure(self, topic_arn: str, seconds: int, name: str) -> Mapping[str, float]:
        """Return how long changes of the healthy shards took, and how often the sick one failed."""
        with StreamsEndpoint(self._stream) as endpoint:
            daemon = self._start(topic_arn, endpoint.url)
            try:
                self._warm_up()
                if self._is_sick:
                    self._stream.add(poison(self._items_of_the_sick()[0]))
                writer = threading.Thread(target=self._write)
                writer.start()
                for _ in track(range(seconds), name, console=Console(stderr=True), transient=True):
                    self._receive_for(1.0)
                self._no_more.set()
                writer.join()
                self._receive_for(QUIET_SECONDS)
                failures = daemon.process.log.read_text().count('"child_failed"')
            finally:
                daemon.stop()
        return _figures(self._delays) | {"failures of the sick shard": float(failures)}

    def _start(self, topic_arn: str, endpoint: str) -> Daemon:
        settings = {
            "PUBLISHER_TABLE": self._stream.table,
            "PUBLISHER_STREAM_ARN": self._stream.arn,
            "PUBLISHER_TOPIC_ARN": topic_arn,
            "PUBLISHER_SHARD_FAILURES_BEFORE_EXIT": "0",
            "KCL_APPLICATION_NAME": f"isolation-{uuid.uuid4().hex[:8]}",
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint,
        }
        folder = self._sandbox.folder / settings["KCL_APPLICATION_NAME"]
        folder.mkdir()
        return Daemon(self._sandbox.environment() | settings, Path(folder))

    def _warm_up(self) -> None:
        for item in ITEMS:
            self._change(item)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self._delays) < len(ITEMS) - len(self._items_of_the_sick()):
            if time.monotonic() > deadline:
                raise TimeoutError("not every shard is read")
            self._receive_for(0.5)
        self._delays.clear()

    def _items_of_the_sick(self) -> Sequence[str]:
        return [item for item in ITEMS if self._is_of_the_sick(item)]

    def _is_of_the_sick(self, item: str) -> bool:
        return self._stream.shard_of({"id": {"S": item}}) == self._sick_shard

    def _write(self) -> None:
        number = 0
        while not self._no_more.wait(1 / RATE):
            self._change(ITEMS[number % len(ITEMS)])
            number += 1

    def _change(self, item: str) -> None:
        change, version = self._items.write(item)
        self._written[item, version] = time.monotonic()
        self._stream.add(change)

    def _receive_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for message in self._subscription.receive():
                now = time.monotonic()
                changes = [identify(entry) for entry in message.entries]
                self._delays += [
                    now - self._written[change]
                    for change in changes
                    if change in self._written and not self._is_of_the_sick(change[0])
                ]


def _figures(delays: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(delays, n=100)
    figures = {"p50": cuts[49], "p99": cuts[98], "longest": max(delays)}
    return {"changes": float(len(delays))} | {name: round(x, 2) for name, x in figures.items()}


@click.command()
@click.option("--seconds", type=click.IntRange(5, 600), default=60, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def main(seconds: int, *, as_json: bool) -> None:
    """Measure what poison in one of eight shards costs the other seven."""
    sides: dict[str, Mapping[str, float]] = {}
    with Sandbox() as sandbox:
        sns, sqs = sandbox.client("sns"), sandbox.client("sqs")
        for name, sick in (("all healthy", False), ("one poisoned", True)):
            topic_arn = sns.create_topic(Name=f"changes-{uuid.uuid4().hex[:8]}")["TopicArn"]
            with Subscription(topic_arn, sns, sqs) as subscription:
                side = Side(sandbox, subscription, sick=sick)
                sides[name] = side.measure(topic_arn, seconds, name)
    Console(stderr=as_json).print(_table(sides))
    if as_json:
        click.echo(json.dumps(sides))


def _table(sides: Mapping[str, Mapping[str, float]]) -> Table:
    table = Table("the seven healthy shards", *sides)
    for name in next(iter(sides.values())):
        table.add_row(name, *[f"{side[name]:g}" for side in sides.values()])
    return table


if __name__ == "__main__":
    main()

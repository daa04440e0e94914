"""Several workers on one simulated stream, and how its leases lie."""

import itertools
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import click

from benchmarks.handovers import longest_overlap
from benchmarks.helper import Helper
from benchmarks.latency import delays
from consumer.demo.daemon import Daemon
from consumer.sandbox.backends import REGION, Sandbox

TABLE = "orders"
_PATIENCE_SECONDS = 150.0
_CHANGES_A_SECOND = 20


class Fleet:
    """Workers of one application, each with a name that it keeps.

    Args:
        sandbox: Where lease tables are.
        streams: Where the stream is.
        topic: Where changes are published.
        shards: How many the stream has.
        extra: Variables for every worker.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        streams: Helper,
        topic: Helper,
        shards: int,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self._tables, self._folder = sandbox.client("dynamodb"), sandbox.folder
        self._streams, self._topic, self.shards = streams, topic, shards
        stream = streams.ask("open", table=TABLE, shards=shards)
        self._application = f"fleet-{uuid.uuid4().hex[:8]}"
        self._environ = sandbox.environment() | {
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": stream["url"],
            "AWS_ENDPOINT_URL_SNS": topic.ask("place"),
            "PUBLISHER_TABLE": TABLE,
            "PUBLISHER_STREAM_ARN": stream["arn"],
            "PUBLISHER_TOPIC_ARN": f"arn:aws:sns:{REGION}:000000000000:changes",
            "KCL_APPLICATION_NAME": self._application,
            **(extra or {}),
        }
        self._lives = itertools.count()
        self._started: list[Daemon] = []
        topic.ask("begin", millis=20)

    def start(self, name: str) -> Daemon:
        """Start a worker of this name."""
        folder = self._folder / f"{name}-{next(self._lives)}"
        folder.mkdir()
        worker = Daemon({**self._environ, "KCL_WORKER_ID": name}, folder)
        self._started.append(worker)
        return worker

    def leases(self) -> Counter[str]:
        """How many leases each worker has; those of nobody's are left out."""
        rows = self._tables.scan(TableName=self._application)["Items"]
        return Counter(row["leaseOwner"]["S"] for row in rows if "leaseOwner" in row)

    def leader(self) -> str | None:
        """The worker that hands out leases."""
        found = self._tables.get_item(
            TableName=f"{self._application}-CoordinatorState", Key={"key": {"S": "Leader"}}
        )
        return str(found["Item"]["ownerName"]["S"]) if "Item" in found else None

    def is_balanced(self, workers: int) -> bool:
        """Whether so many workers have all leases, none more than one above another."""
        held = self.leases()
        return len(held) == workers and held.total() == self.shards and is_even(held)

    def seconds_until(self, condition: Callable[[], bool], patience: float) -> float:
        """Return how long a condition takes to hold; `patience` where it still doesn't by then."""
        started = time.monotonic()
        while not self._holds(condition) and time.monotonic() - started < patience:
            time.sleep(0.2)
        return round(min(time.monotonic() - started, patience), 1)

    def _holds(self, condition: Callable[[], bool]) -> bool:
        try:
            return condition()
        except self._tables.exceptions.ResourceNotFoundException:
            return False  # KCL has not made the table yet

    @contextmanager
    def watched(self, found: list[float]) -> Iterator[None]:
        """Write changes all the while; at the end add how long each of them took to arrive."""
        written: list[tuple[str, int, float]] = []
        over = threading.Event()
        writer = threading.Thread(target=self._write, args=(over, written))
        self._topic.ask("begin", millis=20)
        writer.start()
        try:
            yield
        finally:
            over.set()
            writer.join()
        found.extend(self._delays(written))

    def _write(self, over: threading.Event, written: list[tuple[str, int, float]]) -> None:
        rate = _CHANGES_A_SECOND
        while not over.is_set():
            more = self._streams.ask("trickle", table=TABLE, count=rate, per_second=rate)
            written.extend(tuple(change) for change in more)

    def _delays(self, written: list[tuple[str, int, float]]) -> list[float]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            arrived = [tuple(change) for change in self._topic.ask("arrived")]
            if {change[:2] for change in written} <= {change[:2] for change in arrived}:
                return list(delays(written, arrived))
            time.sleep(0.5)
        raise click.ClickException("changes did not arrive: " + self._started[-1].process.tail())

    def reads(self) -> int:
        """How often workers have asked the stream for something."""
        return int(self._streams.ask("requests", table=TABLE))

    def longest_overlap(self) -> float:
        """For how many seconds two workers had a record processor for one shard, at the most."""
        return longest_overlap([list(worker.new_lines()) for worker in self._started])

    def close(self) -> None:
        """End all that were started."""
        for worker in self._started:
            worker.process.kill()


def is_even(held: Counter[str]) -> bool:
    """Whether no worker has more than one lease above another."""
    return max(held.values()) - min(held.values()) <= 1


@contextmanager
def new_fleet(
    sandbox: Sandbox, shards: int, extra: Mapping[str, str] | None = None
) -> Iterator[tuple[Fleet, Helper]]:
    """A fleet without workers, and its topic."""
    with (
        Helper("streams", sandbox.folder) as streams,
        Helper("topic", sandbox.folder) as topic,
    ):
        fleet = Fleet(sandbox, streams, topic, shards, extra)
        try:
            yield fleet, topic
        finally:
            fleet.close()

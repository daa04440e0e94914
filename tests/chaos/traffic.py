"""Changes on their way in, messages on their way out, and how long each change took."""

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from consumer.settings.variables import environment_name
from tests.schemas.validation import CheckedSubscription
from tests.streams.items import Items, identify
from tests.streams.ledger import Balance, Ledger
from tests.streams.stream import SimulatedStream

ITEMS = tuple(f"item-{number}" for number in range(200))
"""What is changed unless told otherwise."""

_ODD = ("1", "3", "5", "7", "9")
FILTER = json.dumps({"dynamodb": {"Keys": {"id": {"S": [{"anything-but": {"suffix": _ODD}}]}}}})
"""Filters out every other item; an item that arrives all the same counts as foreign."""
FILTER_VARIABLE = environment_name("publisher.filter")

_TICK_SECONDS = 0.05
_REMOVALS = 0.1


@dataclass(frozen=True, slots=True, order=True)
class Stall:
    """How long a change waited, from its write to its arrival.

    Attributes:
        seconds: So long.
        shard_id: Its shard.
        ended_at: When it arrived, in seconds since 1970.
    """

    seconds: float = 0.0
    shard_id: str = ""
    ended_at: float = 0.0

    def __str__(self) -> str:
        end = datetime.fromtimestamp(self.ended_at, UTC).strftime("%H:%M:%S")
        return f"{self.seconds:.1f} s until {end}, in {self.shard_id}"


class Traffic:
    """Writes changes at a steady rate and receives what arrives, each on a thread of its own.

    Args:
        stream: Where changes are written.
        subscription: The topic's subscriber.
        rate: Changes a second.
        seed: Which items, in which order.
        items: What is picked from; an item that stands in it twice is changed twice as often.
        is_filtered: Whether the workers have `FILTER`.
    """

    def __init__(  # noqa: PLR0913 - a run has many sides
        self,
        stream: SimulatedStream,
        subscription: CheckedSubscription,
        rate: float,
        seed: int,
        items: Sequence[str] = ITEMS,
        *,
        is_filtered: bool = False,
    ) -> None:
        self._unwanted = _ODD if is_filtered else ()
        self._stream, self._subscription, self._rate = stream, subscription, rate
        self._names = items
        self._chance = random.Random(seed)  # noqa: S311 - the same every time is what is wanted
        self._items, self._ledger = Items("x" * 100), Ledger()
        self._waiting: dict[tuple[str, int], float] = {}
        self._lock = threading.Lock()
        self._no_more, self._over = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._write, daemon=True),
            threading.Thread(target=self._receive, daemon=True),
        ]
        self._failures: list[BaseException] = []
        self.last_arrival = time.monotonic()
        self.longest_stall = Stall()
        self.shards: set[str] = set()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._no_more.set()
        self._over.set()
        for thread in self._threads:
            thread.join()

    def write_no_more(self) -> None:
        """Let the writer end, and wait until it has."""
        self._no_more.set()
        self._threads[0].join()

    def begin_to_measure(self) -> None:
        """Forget how long changes took so far."""
        self.longest_stall = Stall()

    @property
    def balance(self) -> Balance:
        """What was written against what arrived; RuntimeError where a thread has failed."""
        if self._failures:
            raise RuntimeError("the traffic has stopped") from self._failures[0]
        with self._lock:
            return self._ledger.balance()

    @property
    def oldest_seconds(self) -> float:
        """How long the oldest change that has not arrived waits by now."""
        with self._lock:
            oldest = next(iter(self._waiting.values()), None)
        return 0.0 if oldest is None else time.monotonic() - oldest

    def some_lost(self) -> str:
        """A few of what did not arrive."""
        return ", ".join(f"{item} version {version}" for item, version in self._ledger.some_lost())

    def _write(self) -> None:
        self._guarded(self._write_some, self._no_more)

    def _write_some(self) -> None:
        for _ in range(max(1, round(self._rate * _TICK_SECONDS))):
            self._change(self._chance.choice(self._names))
        self._no_more.wait(max(_TICK_SECONDS, 1 / self._rate))

    def _change(self, item_id: str) -> None:
        removes = self._chance.random() < _REMOVALS and self._items.is_there(item_id)
        change, version = self._items.remove(item_id) if removes else self._items.write(item_id)
        if not item_id.endswith(self._unwanted):
            with self._lock:
                self._ledger.write(item_id, version)
                self._waiting[item_id, version] = time.monotonic()
        self._stream.add(change)

    def _receive(self) -> None:
        self._guarded(self._receive_some, self._over)

    def _receive_some(self) -> None:
        for message in self._subscription.receive():
            self.last_arrival = time.monotonic()
            shard_id = str(message.attributes["shardId"])
            self.shards.add(shard_id)
            with self._lock:
                for entry in message.entries:
                    self._count(identify(entry), shard_id)

    def _count(self, change: tuple[str, int], shard_id: str) -> None:
        self._ledger.receive(*change)
        written = self._waiting.pop(change, None)
        if written is not None:
            seconds = time.monotonic() - written
            self.longest_stall = max(self.longest_stall, Stall(seconds, shard_id, time.time()))

    def _guarded(self, work: Callable[[], None], end: threading.Event) -> None:
        try:
            while not end.is_set():
                work()
        except BaseException as error:  # noqa: BLE001 - told to whoever asks for the balance
            self._failures.append(error)

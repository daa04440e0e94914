"""Simulated streams in a process of their own, and who writes to them.

Started by `Helper("streams", …)`. Every change is of about 200 bytes, unless a stream is asked for
with more attributes, and no two of any 10,000 in a row are of one item, so that nothing has to wait
for an earlier change of its item.
"""

import sys
import threading
import time
from collections.abc import Mapping, Sequence

from benchmarks.helper import serve
from consumer.sandbox.proxy import Request
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import Items
from tests.streams.stream import SimulatedStream

_ITEMS = 10_000
# With an id of ten characters, keys and one image together are 200 bytes.
_PADDING = "x" * 160

Written = tuple[str, int, float]
"""An item, its version, and the moment of the change in seconds since 1970."""


class Source:
    """A stream behind a URL.

    Args:
        table: The table's name.
        shards: How many shards it has.
        attributes: How many attributes an image has beyond the few of a change of 200 bytes.
    """

    def __init__(self, table: str, shards: int, attributes: int) -> None:
        self._stream = SimulatedStream(table, shards)
        self._items = Items(_PADDING, attributes)
        self._serial = self.requests = 0
        self._writing = threading.Lock()
        self._endpoint = StreamsEndpoint(self._stream, fault=self._note)
        self._endpoint.__enter__()

    def place(self) -> Mapping[str, str]:
        """Where it is."""
        return {"arn": self._stream.arn, "url": self._endpoint.url}

    def write(self, count: int) -> Sequence[Written]:
        """Add changes, which readers see all at once."""
        with self._writing:
            return [self._write_one() for _ in range(count)]

    def trickle(self, count: int, per_second: float) -> Sequence[Written]:
        """Add changes one after the other, at equal distances."""
        started, written = time.monotonic(), []
        for number in range(count):
            time.sleep(max(0.0, started + number / per_second - time.monotonic()))
            written.append(self._write_one())
        return written

    def _write_one(self) -> Written:
        item_id = f"item-{self._serial % _ITEMS:05d}"
        self._serial += 1
        # An image more or less would change the size: items come and go instead of being modified.
        is_there = self._items.is_there(item_id)
        change, version = (self._items.remove if is_there else self._items.write)(item_id)
        now = time.time()
        self._stream.add(change)
        return item_id, version, now

    def _note(self, _request: Request) -> None:
        self.requests += 1
        with self._writing:
            return


class Streams:
    """All streams of a benchmark, by their tables' names."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def open(self, table: str, shards: int, attributes: int = 0) -> Mapping[str, str]:
        """Make a stream; return its ARN and the URL where it is read."""
        self._sources[table] = Source(table, shards, attributes)
        return self._sources[table].place()

    def write(self, table: str, count: int) -> Sequence[Written]:
        """Add changes at once; return them."""
        return self._sources[table].write(count)

    def trickle(self, table: str, count: int, per_second: float) -> Sequence[Written]:
        """Add changes one after the other; return them when all are made."""
        return self._sources[table].trickle(count, per_second)

    def requests(self, table: str) -> int:
        """How often a stream was asked for something since it was made."""
        return self._sources[table].requests


if __name__ == "__main__":
    serve(int(sys.argv[1]), Streams())

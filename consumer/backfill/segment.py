"""One segment of the scan, on its way to the topic."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from consumer.backfill.budget import PageSize
from consumer.backfill.rate_limiter import RateLimiter
from consumer.backfill.state import ScanPositions
from consumer.backfill.table import Item, ItemPage, json_image
from consumer.publishing.errors import PoisonError
from consumer.publishing.processor import RecordsInput, ShardProcessor
from consumer.publishing.records import RawRecord
from consumer.publishing.snapshots import Run, snapshot_record


class Readable(Protocol):
    """What is scanned."""

    def scan(self, segment: tuple[int, int], after: Item | None, most: int) -> ItemPage:
        """Return the next items of a segment; see `Table.scan`."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the table that is read.

    Attributes:
        run: The backfill.
        number: The segment's number, from 0.
        total: How many segments there are.
        key_names: The names of the table's key attributes.
    """

    run: Run
    number: int
    total: int
    key_names: tuple[str, ...]

    def keys(self, item: Item) -> dict[str, object]:
        """The item's key attributes."""
        return {name: item[name] for name in self.key_names}


class SegmentScan:
    """Reads a segment from its position on, and publishes it.

    Args:
        segment: The segment.
        table: The table.
        processor: Publishes what is read, as it publishes a shard's records.
        positions: Where the segment begins, and how far it has come.
        rate_limiter: When something may be read, and how much.
    """

    def __init__(
        self,
        segment: Segment,
        table: Readable,
        processor: ShardProcessor,
        positions: ScanPositions,
        rate_limiter: RateLimiter,
    ) -> None:
        self._segment, self._table, self._processor = segment, table, processor
        self._positions, self._rate_limiter = positions, rate_limiter
        self._page = PageSize(rate_limiter.units_per_second / segment.total)
        self._number = positions.position.number

    def run(self, is_stopped: Callable[[], bool]) -> None:
        """Return when all of it is published, or soon after it is stopped.

        Raises:
            StreamPublisherError: It can't be read or published further.
        """
        after = self._positions.position.keys
        is_ended = self._positions.position.is_ended
        while not is_ended:
            self._rate_limiter.wait()
            if is_stopped():
                return
            page = self._read(after)
            delivery = RecordsInput(self._records(page), None, 0.0)
            after, is_ended = page.last, page.last is None
            self._publish(delivery, is_last=is_ended)

    def _publish(self, delivery: RecordsInput, *, is_last: bool) -> None:
        try:
            self._processor.process_records(delivery, self._positions)
            if is_last:
                self._processor.shard_ended(self._positions)
        except PoisonError as error:
            # An operator finds an item by its key, not by its number.
            keys = self._positions.keys_of(error.sequence_number)
            reason = f"the item with the key {keys} {error.reason}"
            raise type(error)(error.sequence_number, reason) from error

    def _read(self, after: Item | None) -> ItemPage:
        segment = self._segment.number, self._segment.total
        page = self._table.scan(segment, after, self._page.items)
        self._rate_limiter.spend(page.units)
        self._page.learn(len(page.items), page.units)
        return page

    def _records(self, page: ItemPage) -> Iterator[RawRecord]:
        for item in page.items:
            keys = self._segment.keys(item)
            raw = snapshot_record(
                self._segment.run, json_image(keys), json_image(item), self._number
            )
            self._number = raw.sequence_number
            self._positions.read(self._number, keys)
            yield raw

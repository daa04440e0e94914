"""A shard: records in order, closed by a split, emptied from its old end."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.streams.hashes import HashRange
from tests.streams.records import Record

_PAGE_BYTES = 1_048_576


@dataclass(slots=True)
class Shard:
    """A shard; positions in it are the least sequence number that is not read yet.

    Attributes:
        shard_id: Its id.
        parent_id: The shard that it follows on.
        hashes: The hashes of its items' keys.
        starting: The sequence number with which it opened.
        ending: Its last sequence number once it is closed.
        closed: When it was closed, in seconds since 1970.
        expired: The sequence number of the last record that expired, 0 when none has.
    """

    shard_id: str
    parent_id: str | None
    hashes: HashRange
    starting: int
    ending: int | None = None
    closed: float = 0.0
    expired: int = 0
    _records: list[Record] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)
    _last: int = 0

    @property
    def tip(self) -> int:
        """The position after everything that is in it."""
        return max(self._last, self.starting - 1) + 1

    @property
    def horizon(self) -> int:
        """The position of the oldest record that is kept."""
        return max(self.starting, self.expired + 1)

    def append(self, record: Record) -> None:
        """Add a record."""
        self._records.append(record)
        self._numbers.append(record.number)
        self._last = record.number

    def close(self, now: float) -> None:
        """Take no more records."""
        self.ending, self.closed = max(self.starting, self._last), now

    def trim(self, number: int) -> None:
        """Let the records up to this sequence number expire."""
        count = bisect_right(self._numbers, number)
        if count:
            self.expired = self._numbers[count - 1]
            del self._numbers[:count], self._records[:count]

    def trim_older(self, moment: float) -> None:
        """Let the records expire that were made before this moment, in seconds since 1970."""
        count = bisect_left(self._records, moment, key=lambda record: record.made)
        if count:
            self.trim(self._numbers[count - 1])

    def is_closed_before(self, moment: float) -> bool:
        """Whether it was closed before this moment, in seconds since 1970."""
        return self.ending is not None and self.closed < moment

    def may_hold(self, number: int) -> bool:
        """Whether a sequence number can be one of this shard's, expired and future ones too."""
        return self.starting <= number and (self.ending is None or number <= self.ending)

    def is_over_at(self, position: int) -> bool:
        """Whether nothing is at a position, and nothing ever will be."""
        return self.ending is not None and position >= self.tip

    def read(self, position: int, limit: int) -> list[Record]:
        """Return records from a position on: at most so many, and a megabyte unless one is more."""
        first = bisect_left(self._numbers, position)
        page: list[Record] = []
        size = 0
        for record in self._records[first : first + limit]:
            size += record.size
            if page and size > _PAGE_BYTES:
                break
            page.append(record)
        return page

    def to_json(self) -> Mapping[str, Any]:
        """The shard as DescribeStream lists it."""
        parent = {} if self.parent_id is None else {"ParentShardId": self.parent_id}
        numbers = {"StartingSequenceNumber": str(self.starting)}
        if self.ending is not None:
            numbers["EndingSequenceNumber"] = str(self.ending)
        return {"ShardId": self.shard_id, **parent, "SequenceNumberRange": numbers}

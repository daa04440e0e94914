"""A table's stream that does on command what DynamoDB's does in its own time."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from consumer.publishing.records import EventName, Image
from tests.streams.counters import Numbers
from tests.streams.errors import expired_iterator, invalid, not_found, trimmed
from tests.streams.hashes import HashRange, key_hash
from tests.streams.iterators import ShardIterator
from tests.streams.records import VIEW, Change, Record, encode
from tests.streams.shards import Shard

_ACCOUNT = "000000000000"
MOST_RECORDS, MOST_SHARDS = 1_000, 100
_KEPT_SECONDS = 24 * 3_600


@dataclass(frozen=True, slots=True)
class Page:
    """What one GetRecords returns.

    Attributes:
        records: The records.
        next_iterator: Where to go on; None after the end of a closed shard.
    """

    records: Sequence[Record]
    next_iterator: str | None


class SimulatedStream:
    """A stream with as many shards as a test wants; every method may be called by any thread.

    Nothing expires by itself: iterators, records and shards do on command.

    Args:
        table: The table's name.
        shards: How many shards it begins with.
        region: The region in its ARN.
        key: The name of the table's partition key.
        now: The clock, in seconds since 1970.

    Attributes:
        arn: The stream's ARN.
        status: ENABLED, DISABLING, DISABLED or ENABLING, as DescribeStream tells it.
    """

    def __init__(
        self,
        table: str,
        shards: int = 1,
        region: str = "eu-west-1",
        key: str = "id",
        now: Callable[[], float] = time.time,
    ) -> None:
        self.table, self.region = table, region
        self._key, self._now, self._created = key, now, now()
        moment = datetime.fromtimestamp(self._created, UTC).replace(tzinfo=None)
        self.label = moment.isoformat(timespec="milliseconds")
        self.arn = f"arn:aws:dynamodb:{region}:{_ACCOUNT}:table/{table}/stream/{self.label}"
        self._lock = threading.Lock()
        self._numbers = Numbers(lambda: int(now() * 1_000))
        self._serials = itertools.count()
        self._age = 0
        self._empty_pages: Counter[str] = Counter()
        self.status = "ENABLED"
        self._shards: dict[str, Shard] = {}
        self._open(None, HashRange().parts(shards))

    def put(
        self,
        event_name: EventName,
        keys: Image,
        new_image: Image | None,
        old_image: Image | None,
    ) -> tuple[str, str]:
        """Add a change to the shard that its key belongs to.

        Args:
            event_name: INSERT, MODIFY or REMOVE.
            keys: The item's key in DynamoDB JSON, as are the images; binary values as base64.
            new_image: The item afterwards, None when it is gone.
            old_image: The item before, None when there was none.

        Returns:
            The shard's id and the record's sequence number.

        Raises:
            ValueError: The stream is disabled.
        """
        return self.add(Change(event_name, keys, new_image, old_image))

    def add(self, change: Change) -> tuple[str, str]:
        """Add a change, as `put` does."""
        hashed = key_hash(change.keys)
        with self._lock:
            shard = self._shard_of(hashed)
            number = self._numbers.sequence_number()
            shard.append(encode(change, number, self.region, int(self._now())))
        return shard.shard_id, str(number)

    def shard_of(self, keys: Image) -> str:
        """The id of the open shard that takes an item's changes."""
        with self._lock:
            return self._shard_of(key_hash(keys)).shard_id

    def open_shards(self) -> list[str]:
        """Ids of the shards that take records, those with the lowest hashes first."""
        with self._lock:
            still_open = [shard for shard in self._shards.values() if shard.ending is None]
        return [shard.shard_id for shard in sorted(still_open, key=lambda s: s.hashes.lowest)]

    def split(self, shard_id: str) -> list[str]:
        """Close a shard and open two that follow on it; return their ids.

        Raises:
            ValueError: It isn't open, or has only one hash.
        """
        return self._replace(shard_id, 2)

    def roll(self, shard_id: str) -> str:
        """Close a shard and open one that follows on it, as every four hours; return its id.

        Raises:
            ValueError: It isn't open.
        """
        (child,) = self._replace(shard_id, 1)
        return child

    def trim(self, shard_id: str, sequence_number: str) -> None:
        """Let a shard's records up to this one expire, as they do after 24 hours."""
        with self._lock:
            self._shards[shard_id].trim(int(sequence_number))

    def drop(self, shard_id: str) -> None:
        """Take a closed shard out of the list, as happens once all of its records have expired.

        Raises:
            ValueError: It is open.
        """
        with self._lock:
            if self._shards[shard_id].ending is None:
                raise ValueError(f"{shard_id} is open; split or roll it first")
            del self._shards[shard_id]

    def expire(self) -> None:
        """Let all expire that is older than 24 hours by the stream's clock.

        Records go, and closed shards, which are then no longer listed. An open shard stays.
        """
        oldest = self._now() - _KEPT_SECONDS
        with self._lock:
            for shard in list(self._shards.values()):
                shard.trim_older(oldest)
                if shard.is_closed_before(oldest):
                    del self._shards[shard.shard_id]

    def disable(self) -> None:
        """Close every shard without a successor, as when the table's stream is disabled."""
        now = self._now()
        with self._lock:
            self.status = "DISABLED"
            for shard in self._shards.values():
                if shard.ending is None:
                    shard.close(now)

    def expire_iterators(self) -> None:
        """Let every iterator that was handed out expire."""
        with self._lock:
            self._age += 1

    def empty_pages(self, count: int, shard_id: str = "") -> None:
        """Answer the next so many reads that would find records without any.

        Args:
            count: How many.
            shard_id: Reads of this shard, beside those of any; empty for any shard.
        """
        with self._lock:
            self._empty_pages[shard_id] = count

    def describe(
        self, limit: int = MOST_SHARDS, after: str | None = None, children_of: str | None = None
    ) -> Mapping[str, Any]:
        """Return the description with shards in the order of their ids.

        Args:
            limit: The most shards.
            after: List only shards whose id comes after this one.
            children_of: List only shards that follow on this one.
        """
        with self._lock:
            shards = [
                shard
                for shard in self._shards.values()
                if shard.shard_id > (after or "") and children_of in {None, shard.parent_id}
            ]
            listed = [shard.to_json() for shard in shards[:limit]]
            status = self.status
        more = {"LastEvaluatedShardId": listed[-1]["ShardId"]} if len(shards) > limit else {}
        return {
            "StreamArn": self.arn,
            "StreamLabel": self.label,
            "StreamStatus": status,
            "StreamViewType": VIEW,
            "CreationRequestDateTime": self._created,
            "TableName": self.table,
            "KeySchema": [{"AttributeName": self._key, "KeyType": "HASH"}],
            "Shards": listed,
            **more,
        }

    def iterator_at_horizon(self, shard_id: str) -> str:
        """An iterator at the oldest record kept.

        Raises:
            StreamError: No such shard.
        """
        with self._lock:
            return self._iterator(shard_id, self._find(shard_id).horizon)

    def iterator_at_tip(self, shard_id: str) -> str:
        """An iterator after everything that is there.

        Raises:
            StreamError: No such shard.
        """
        with self._lock:
            return self._iterator(shard_id, self._find(shard_id).tip)

    def iterator_at(self, shard_id: str, number: int, *, after: bool = False) -> str:
        """An iterator at a sequence number, or right after it.

        Raises:
            StreamError: No such shard, a number that isn't in it, or one that has expired.
        """
        with self._lock:
            shard = self._find(shard_id)
            if not shard.may_hold(number):
                raise invalid("Invalid SequenceNumber for the shard")
            # To the letter of AWS's documents: a number older than the trim point is refused, even
            # where what comes after it is all still there.
            if number <= shard.expired:
                raise trimmed()
            return self._iterator(shard_id, number + after)

    def read(self, iterator: ShardIterator, limit: int = MOST_RECORDS) -> Page:
        """Return the records at an iterator.

        Raises:
            StreamError: The iterator or the records at it have expired, or the shard is gone.
        """
        with self._lock:
            if iterator.age < self._age:
                raise expired_iterator()
            shard = self._find(iterator.shard_id)
            if iterator.position <= shard.expired:
                raise trimmed()
            records = self._page(shard, iterator.position, limit)
            position = records[-1].number + 1 if records else iterator.position
            if shard.is_over_at(position):
                return Page(records, None)
            return Page(records, self._iterator(shard.shard_id, position))

    def _page(self, shard: Shard, position: int, limit: int) -> list[Record]:
        records = shard.read(position, limit)
        for whose in (shard.shard_id, ""):
            if records and self._empty_pages[whose]:
                self._empty_pages[whose] -= 1
                return []
        return records

    def _iterator(self, shard_id: str, position: int) -> str:
        return ShardIterator(self.arn, shard_id, position, self._age, next(self._serials)).encode()

    def _find(self, shard_id: str) -> Shard:
        if shard_id not in self._shards:
            raise not_found("Shard does not exist")
        return self._shards[shard_id]

    def _shard_of(self, hashed: int) -> Shard:
        for shard in self._shards.values():
            if shard.ending is None and hashed in shard.hashes:
                return shard
        raise ValueError(f"{self.arn} is disabled and takes no changes")

    def _replace(self, shard_id: str, parts: int) -> list[str]:
        with self._lock:
            parent = self._shards[shard_id]
            if parent.ending is not None:
                raise ValueError(f"{shard_id} is closed already; name an open shard")
            ranges = parent.hashes.parts(parts)
            parent.close(self._now())
            return self._open(shard_id, ranges)

    def _open(self, parent_id: str | None, ranges: Sequence[HashRange]) -> list[str]:
        opened = [
            Shard(self._numbers.shard_id(), parent_id, hashes, self._numbers.sequence_number())
            for hashes in ranges
        ]
        self._shards.update((shard.shard_id, shard) for shard in opened)
        return [shard.shard_id for shard in opened]

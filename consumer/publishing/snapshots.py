"""Items of a table as records: a backfill gives these to the shard processor.

A segment of the scan takes the place of a shard. Its items have numbers that grow, as sequence
numbers do: the item's index in the segment, then a digest of everything read up to the item. When a
segment is read again from some item on, an item gets the same number only if everything since that
item is unchanged. So equal numbers mean equal messages, and a subscriber that drops a repeat by its
numbers loses nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

import orjson

from consumer.publishing.records import (
    SNAPSHOT_EVENTS,
    ChangeRecord,
    Image,
    RawRecord,
    decode_record,
)

SHARD_PREFIX = "snapshot-"
"""What the shard id of a segment begins with; a real shard's id never does."""

NO_NUMBER = "0"
"""The number before that of a segment's first item."""

_DIGESTS = 10**20
"""More than there are digests: the last twenty digits of a number are its digest."""


@dataclass(frozen=True, slots=True)
class Run:
    """One backfill, however often it is interrupted.

    Attributes:
        began_at: When it began, in whole seconds since 1970 UTC, by DynamoDB's own clock.
    """

    began_at: int

    @property
    def name(self) -> str:
        """Its name in shard ids and event ids."""
        return f"{datetime.fromtimestamp(self.began_at, UTC):%Y%m%dT%H%M%SZ}"

    def shard_id(self, segment: int) -> str:
        """The shard id in the messages of a segment."""
        return f"{SHARD_PREFIX}{self.name}-{segment}"


def snapshot_record(run: Run, keys: Image, item: Image, previous: str) -> RawRecord:
    """Return an item as a record, in the form of the stream's own.

    Args:
        run: The backfill.
        keys: The item's key attributes.
        item: The item, as JSON has it.
        previous: The number of the item before it in its segment.
    """
    image, item_id = _bytes_of(item), blake2b(_bytes_of(keys), digest_size=16).hexdigest()
    number = _next_number(previous, image)
    document = {
        # The item's own, whatever its index: an item that is read twice in a run has the same.
        "eventID": f"{SHARD_PREFIX}{run.name}/{item_id}",
        "eventName": "SNAPSHOT",
        "dynamodb": {
            "ApproximateCreationDateTime": run.began_at * 1000,
            "Keys": keys,
            "NewImage": orjson.Fragment(image),
            "SequenceNumber": number,
        },
    }
    return RawRecord(number, orjson.dumps(document))


def place_of(number: str) -> int:
    """Return the index of the item with this number in its segment, from 1."""
    return int(number) // _DIGESTS


def decode_snapshot(raw: RawRecord) -> ChangeRecord:
    """Read a record of a segment, which has snapshots only; raises as `decode_record`."""
    return decode_record(raw, SNAPSHOT_EVENTS)


def decoder_of(shard_id: str) -> Callable[[RawRecord], ChangeRecord]:
    """Return what reads a record of which only the shard's id is known, as of a dead letter."""
    return decode_snapshot if shard_id.startswith(SHARD_PREFIX) else decode_record


def _next_number(previous: str, image: bytes) -> str:
    digest = int.from_bytes(blake2b(image, digest_size=8, key=previous.encode()).digest())
    return str((place_of(previous) + 1) * _DIGESTS + digest)


def _bytes_of(attributes: Mapping[str, object]) -> bytes:
    return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS)

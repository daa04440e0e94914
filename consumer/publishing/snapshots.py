"""Items of a table as records: what a backfill gives to the shard processor in the stream's stead.

A segment of the scan stands in for a shard. Its items have numbers that count up, as sequence
numbers do: the item's place in its segment, and then a digest of all that was read up to it. Where
a segment is read again from some place on, an item has its number again only if everything since
that place is as it was: equal numbers mean equal messages, and whoever drops a repeat by them
loses nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

import orjson

from consumer.publishing.records import (
    SNAPSHOT_EVENTS,
    STREAM_EVENTS,
    ChangeRecord,
    Image,
    RawRecord,
    decode_record,
)

SHARD_PREFIX = "snapshot-"
"""What the shard id of a segment begins with; no shard's own does."""

NO_NUMBER = "0"
"""The number before that of a segment's first item."""

_DIGESTS = 10**20
"""More than there are digests, so that a number's last twenty digits are one."""


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
        """What the messages of a segment have for a shard id."""
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
        # An item's, whatever its place: one that is read twice in a run has the same.
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
    """Return how many items of the segment there are up to the one with this number."""
    return int(number) // _DIGESTS


def decoder_of(shard_id: str) -> Callable[[RawRecord], ChangeRecord]:
    """Return what reads the records of a shard: a segment has snapshots only, the stream none."""
    is_segment = shard_id.startswith(SHARD_PREFIX)
    event_names = SNAPSHOT_EVENTS if is_segment else STREAM_EVENTS
    return lambda raw: decode_record(raw, event_names)


def _next_number(previous: str, image: bytes) -> str:
    digest = int.from_bytes(blake2b(image, digest_size=8, key=previous.encode()).digest())
    return str((place_of(previous) + 1) * _DIGESTS + digest)


def _bytes_of(attributes: Mapping[str, object]) -> bytes:
    return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS)

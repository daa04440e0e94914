"""A table's stream as DynamoDB describes it: shards, and where records stand in them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shard:
    """One shard of a stream.

    Attributes:
        shard_id: Its id.
        parent: The shard that it follows on; it may be gone from the stream already.
        first: The sequence number with which it opened; its records come at it or after.
        last: Its last sequence number; None while it is open.
    """

    shard_id: str
    parent: str | None
    first: str
    last: str | None

    @property
    def is_open(self) -> bool:
        """Whether it still takes records."""
        return self.last is None


@dataclass(frozen=True, slots=True)
class StreamDescription:
    """A stream with all of its shards.

    Attributes:
        arn: The stream.
        table: The table whose changes it has.
        view: What a record has of the item, such as NEW_AND_OLD_IMAGES.
        status: ENABLED, or that it takes no more records.
        shards: Every shard that has records, parents before their children.
    """

    arn: str
    table: str
    view: str
    status: str
    shards: tuple[Shard, ...]


@dataclass(frozen=True, slots=True)
class ShardPosition:
    """Where a record stands.

    Attributes:
        sequence_number: A decimal number, as text; greater means later in the shard.
        created_at: About when the change was made, in seconds since 1970 UTC. DynamoDB tells whole
            seconds.
    """

    sequence_number: str
    created_at: float


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What one read of a shard gives.

    Attributes:
        positions: The records, oldest first. None of them doesn't mean that none come later.
        next_iterator: Where to read on; None after the end of a closed shard.
    """

    positions: tuple[ShardPosition, ...]
    next_iterator: str | None


def parents_first(shards: Sequence[Shard]) -> tuple[Shard, ...]:
    """Put shards in an order in which each comes after its parent; otherwise leave it."""
    waiting, done, ordered = list(shards), set[str](), list[Shard]()
    while waiting:
        listed = {shard.shard_id for shard in waiting}
        ready = [shard for shard in waiting if shard.parent not in listed]
        # DynamoDB has no circle of parents; should it ever, each shard still comes once.
        for shard in ready or waiting:
            done.add(shard.shard_id)
            ordered.append(shard)
        waiting = [shard for shard in waiting if shard.shard_id not in done]
    return tuple(ordered)

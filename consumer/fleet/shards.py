"""A table's stream as DynamoDB describes it: its shards, and the positions of records."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shard:
    """One shard of a stream.

    Attributes:
        shard_id: Its id.
        parent: Its parent; the stream may no longer have it.
        first: The sequence number at which it opened. No record of it has a lower one.
        last: Its last sequence number; None while it is open.
    """

    shard_id: str
    parent: str | None
    first: str
    last: str | None

    @property
    def is_open(self) -> bool:
        """Whether it takes records."""
        return self.last is None


@dataclass(frozen=True, slots=True)
class StreamDescription:
    """A stream with all of its shards.

    Attributes:
        arn: The stream.
        table: The table whose changes it has.
        view: Which images a record has, such as NEW_AND_OLD_IMAGES.
        status: ENABLED, ENABLING, DISABLED or DISABLING.
        shards: Every shard that has records, parents before their children.
    """

    arn: str
    table: str
    view: str
    status: str
    shards: tuple[Shard, ...]


@dataclass(frozen=True, slots=True)
class ShardPosition:
    """The position of a record.

    Attributes:
        sequence_number: A decimal number, as text. Later records of the shard have greater ones.
        created_at: About when the change was made, in seconds since 1970 UTC. DynamoDB gives whole
            seconds.
    """

    sequence_number: str
    created_at: float


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The answer to one GetRecords.

    Attributes:
        positions: The records, oldest first. Records may follow an empty page.
        next_iterator: Where to read on; None after the end of a closed shard.
    """

    positions: tuple[ShardPosition, ...]
    next_iterator: str | None


def parents_first(shards: Sequence[Shard]) -> tuple[Shard, ...]:
    """Sort shards so that each comes after its parent, and change the order no further."""
    waiting, done, ordered = list(shards), set[str](), list[Shard]()
    while waiting:
        listed = {shard.shard_id for shard in waiting}
        ready = [shard for shard in waiting if shard.parent not in listed]
        # DynamoDB has no circle of parents. If it had one, each shard would still come once.
        for shard in ready or waiting:
            done.add(shard.shard_id)
            ordered.append(shard)
        waiting = [shard for shard in waiting if shard.shard_id not in done]
    return tuple(ordered)

"""Leases as KCL 3 writes them, and what leases alone tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consumer.fleet.items import Item, attributes, number, text, texts

SHARD_END = "SHARD_END"
"""The checkpoint of a shard that is read to its end."""

TRIM_HORIZON = "TRIM_HORIZON"
"""The checkpoint of a shard that will be read from the oldest record kept."""

LATEST = "LATEST"
"""The checkpoint of a shard that will be read from the next record on."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who reads a shard, and how far it is published.

    Attributes:
        shard_id: The shard.
        owner: The worker that reads it, or that takes it over; None while nobody does.
        checkpoint: The sequence number up to which everything is published, or SHARD_END,
            TRIM_HORIZON or LATEST.
        sub_sequence_number: Always 0 for DynamoDB streams.
        counter: Grows with each renewal and each change of the owner.
        parents: The parent shards.
        children: The child shards, known once the shard's end is read.
        checkpoint_owner: During a handover, the worker that still reads it; otherwise None.
        pending_checkpoint: A checkpoint that is announced and not yet made; usually None.
        switches: How often the owner has changed since the last checkpoint.
    """

    shard_id: str
    owner: str | None
    checkpoint: str
    sub_sequence_number: int = 0
    counter: int = 0
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    checkpoint_owner: str | None = None
    pending_checkpoint: str | None = None
    switches: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether the shard is closed and everything in it is published."""
        return self.checkpoint == SHARD_END

    @property
    def holder(self) -> str | None:
        """The worker that reads the shard now."""
        return self.checkpoint_owner or self.owner


def read_lease(item: Item) -> Lease:
    """Read a row of the lease table.

    Raises:
        ValueError: It is not a lease.
    """
    try:
        return Lease(
            shard_id=item["leaseKey"]["S"],
            owner=text(item, "leaseOwner"),
            checkpoint=item["checkpoint"]["S"],
            sub_sequence_number=number(item, "checkpointSubSequenceNumber"),
            counter=number(item, "leaseCounter"),
            parents=texts(item, "parentShardId"),
            children=texts(item, "childShardIds"),
            checkpoint_owner=text(item, "checkpointOwner"),
            pending_checkpoint=text(item, "pendingCheckpoint"),
            switches=number(item, "ownerSwitchesSinceCheckpoint"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"holds a row that is no lease; {attributes(item)}") from error


def awaited_parents(lease: Lease, leases: Iterable[Lease]) -> tuple[str, ...]:
    """Return the parents that must be read to their ends before this lease's shard begins.

    KCL does not wait for a parent without a lease.
    """
    unfinished = {other.shard_id for other in leases if not other.has_ended}
    return tuple(parent for parent in lease.parents if parent in unfinished)


def not_renewed(earlier: Sequence[Lease], later: Sequence[Lease]) -> tuple[Lease, ...]:
    """Return the leases whose counter is the same in both readings of the table.

    Leases of ended shards are left out: nobody needs to renew them.
    """
    counters = {lease.shard_id: lease.counter for lease in earlier}
    return tuple(
        lease
        for lease in later
        if not lease.has_ended and counters.get(lease.shard_id) == lease.counter
    )

"""The lease table's rows as KCL 3 writes them, and what can be told from them alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]
"""A row in DynamoDB JSON: attribute name to `{"S": "text"}`, `{"N": "1"}`, …"""

SHARD_END = "SHARD_END"
"""The checkpoint of a shard that is read to its end."""

TRIM_HORIZON = "TRIM_HORIZON"
"""The checkpoint of a shard that is to be read from the oldest record kept."""

LATEST = "LATEST"
"""The checkpoint of a shard that is to be read from what comes next."""

_LEADER = "Leader"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who reads a shard, and how far it is published.

    Attributes:
        shard_id: The shard.
        owner: The worker that reads it, or will once it is handed over; None while nobody does.
        checkpoint: The sequence number up to which everything is published, or one of the words
            above.
        sub_sequence_number: Always 0 where DynamoDB's streams are read.
        counter: Raised at each renewal and at each change of the owner.
        parents: The shards that it follows on.
        children: The shards that follow on it, once its end is read.
        checkpoint_owner: While it is handed over, the worker that still reads it; otherwise None.
        pending_checkpoint: A checkpoint that is announced and not yet made; None mostly.
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
        """Whether everything in its shard is published, and the shard is closed."""
        return self.checkpoint == SHARD_END

    @property
    def holder(self) -> str | None:
        """The worker that reads the shard at this moment."""
        return self.checkpoint_owner or self.owner


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """A worker's last sign of life.

    Attributes:
        worker: The worker's name.
        reported_at: When, by its own clock, in whole seconds since 1970 UTC.
    """

    worker: str
    reported_at: int


@dataclass(frozen=True, slots=True)
class Leadership:
    """The lock of the worker that hands out leases.

    Attributes:
        worker: The leader.
        version: Changed by each renewal.
        lasts_millis: How long the lock outlives its last renewal. When that was, it doesn't tell.
    """

    worker: str
    version: str
    lasts_millis: int


def read_lease(item: Item) -> Lease:
    """Read a row of the lease table.

    Raises:
        ValueError: It is no lease.
    """
    try:
        return Lease(
            shard_id=item["leaseKey"]["S"],
            owner=_text(item, "leaseOwner"),
            checkpoint=item["checkpoint"]["S"],
            sub_sequence_number=_number(item, "checkpointSubSequenceNumber"),
            counter=_number(item, "leaseCounter"),
            parents=_texts(item, "parentShardId"),
            children=_texts(item, "childShardIds"),
            checkpoint_owner=_text(item, "checkpointOwner"),
            pending_checkpoint=_text(item, "pendingCheckpoint"),
            switches=_number(item, "ownerSwitchesSinceCheckpoint"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"holds a row that is no lease: {dict(item)!r:.200}") from error


def read_report(item: Item) -> WorkerReport:
    """Read a row of the table of workers' loads.

    Raises:
        ValueError: It is no report.
    """
    try:
        return WorkerReport(worker=item["wid"]["S"], reported_at=int(item["lut"]["N"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"holds a row that is no worker's report: {dict(item)!r:.200}") from error


def read_leadership(items: Iterable[Item]) -> Leadership | None:
    """Find the leader's lock among the rows of the coordinator's table; None without a leader.

    Raises:
        ValueError: The lock is none.
    """
    locks = [item for item in items if _text(item, "key") == _LEADER]
    try:
        return next((_leadership(lock) for lock in locks), None)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"holds a leader's lock that is none: {locks!r:.200}") from error


def _leadership(lock: Item) -> Leadership:
    return Leadership(
        worker=lock["ownerName"]["S"],
        version=lock["recordVersionNumber"]["S"],
        lasts_millis=int(lock["leaseDuration"]["S"]),
    )


def awaited_parents(lease: Lease, leases: Iterable[Lease]) -> tuple[str, ...]:
    """Return the parents that must be read to their ends before this lease's shard is begun.

    A parent without a lease isn't waited for.
    """
    unfinished = {other.shard_id for other in leases if not other.has_ended}
    return tuple(parent for parent in lease.parents if parent in unfinished)


def not_renewed(earlier: Sequence[Lease], later: Sequence[Lease]) -> tuple[Lease, ...]:
    """Return the leases whose counter stood still from one look at the table to the next.

    Those of shards that are read to their ends are left out: nobody need renew them.
    """
    counters = {lease.shard_id: lease.counter for lease in earlier}
    return tuple(
        lease
        for lease in later
        if not lease.has_ended and counters.get(lease.shard_id) == lease.counter
    )


def _text(item: Item, name: str) -> str | None:
    return str(item[name]["S"]) if name in item else None


def _texts(item: Item, name: str) -> tuple[str, ...]:
    return tuple(sorted(item[name]["SS"])) if name in item else ()


def _number(item: Item, name: str) -> int:
    return int(item[name]["N"]) if name in item else 0

"""What a fleet of workers does, put together from its tables and its stream."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leases import Leadership, Lease, WorkerReport, awaited_parents
from consumer.fleet.renewals import Renewals
from consumer.fleet.shards import Shard
from consumer.fleet.unread_positions import ancestors

ShardState = Literal["reading", "silent", "free", "waiting", "ended", "new"]
"""What becomes of a shard.

reading: a worker holds it that has lately given a sign of life.
silent: its worker has given none for longer than a lease lasts.
free: nobody holds it.
waiting: a worker holds it, and begins once the parents are read to their ends.
ended: everything in it is published, and it takes no more.
new: no worker has made a lease for it yet.
"""

STATES: tuple[ShardState, ...] = get_args(ShardState)
"""All of them."""


@dataclass(frozen=True, slots=True)
class FleetReading:
    """One look at the tables.

    Attributes:
        at: When, in seconds since 1970 UTC.
        leases: The leases.
        reports: The workers' reports.
        leadership: The leader's lock.
    """

    at: float
    leases: tuple[Lease, ...]
    reports: tuple[WorkerReport, ...]
    leadership: Leadership | None


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker.

    Attributes:
        worker: Its name.
        report_seconds: How long ago it has reported, by its clock and ours; None if never.
        is_leader: Whether the leader's lock is in its name.
        leases: How many shards it holds that have not ended.
        is_silent: Whether it has given no sign of life for longer than a lease lasts.
    """

    worker: str
    report_seconds: float | None
    is_leader: bool
    leases: int
    is_silent: bool


@dataclass(frozen=True, slots=True)
class ShardStatus:
    """One shard.

    Attributes:
        shard_id: Its id.
        state: What becomes of it.
        lease: Its lease; None while there is none.
        parents: The shards that it follows on.
        waits_for: Those of them that are not read to their ends.
        renewed_seconds: How long ago at the most its lease was renewed; None where no renewal was
            seen, which one look can't.
        backlog: What follows its checkpoint.
    """

    shard_id: str
    state: ShardState
    lease: Lease | None
    parents: tuple[str, ...]
    waits_for: tuple[str, ...]
    renewed_seconds: float | None
    backlog: Backlog | Unknown


@dataclass(frozen=True, slots=True)
class FleetStatus:
    """All of it.

    Attributes:
        at: When it was looked at.
        workers: The workers, by name.
        shards: Shards that have a lease or are in the stream, by id.
    """

    at: float
    workers: tuple[WorkerStatus, ...]
    shards: tuple[ShardStatus, ...]


def assess(
    look: FleetReading,
    shards: Iterable[Shard],
    backlogs: Mapping[str, Backlog | Unknown],
    renewals: Renewals,
    patience_seconds: float,
) -> FleetStatus:
    """Put together what was found.

    Args:
        look: The latest look at the tables.
        shards: The stream's.
        backlogs: Of each shard that has not ended, by its id.
        renewals: Those that were seen so far.
        patience_seconds: How long a worker may give no sign of life: as long as a lease lasts.
    """
    leases = {lease.shard_id: lease for lease in look.leases}
    listed = {shard.shard_id: shard for shard in shards}
    workers = tuple(_worker(name, look, renewals, patience_seconds) for name in _names(look))
    silent = {worker.worker for worker in workers if worker.is_silent}
    read_before = ancestors(leases, listed)

    def status(shard_id: str) -> ShardStatus:
        lease, shard = leases.get(shard_id), listed.get(shard_id)
        waits_for = awaited_parents(lease, look.leases) if lease else ()
        return ShardStatus(
            shard_id=shard_id,
            state=_state(lease, waits_for, silent, was_read=shard_id in read_before),
            lease=lease,
            parents=_parents(lease, shard),
            waits_for=waits_for,
            renewed_seconds=renewals.seconds_since(shard_id, look.at),
            backlog=backlogs.get(shard_id, Backlog()),
        )

    return FleetStatus(look.at, workers, tuple(map(status, sorted({*leases, *listed}))))


def _names(look: FleetReading) -> list[str]:
    """Whoever has reported or holds a shard."""
    holders = {lease.holder for lease in look.leases if not lease.has_ended}
    return sorted({report.worker for report in look.reports} | {name for name in holders if name})


def _worker(
    name: str, look: FleetReading, renewals: Renewals, patience_seconds: float
) -> WorkerStatus:
    held = [lease for lease in look.leases if lease.holder == name and not lease.has_ended]
    reported = {report.worker: report.reported_at for report in look.reports}
    age = None if name not in reported else max(0.0, look.at - reported[name])
    renewed = [renewals.seconds_since(lease.shard_id, look.at) for lease in held]
    signs = [sign for sign in (age, *renewed) if sign is not None]
    # Who never reports may still renew, which only several looks can tell.
    last = min(signs, default=renewals.watched_seconds(look.at))
    return WorkerStatus(
        worker=name,
        report_seconds=age,
        is_leader=look.leadership is not None and look.leadership.worker == name,
        leases=len(held),
        is_silent=last > patience_seconds,
    )


def _state(
    lease: Lease | None, waits_for: tuple[str, ...], silent: set[str], *, was_read: bool
) -> ShardState:
    if lease is None:
        return "ended" if was_read else "new"
    if lease.has_ended:
        return "ended"
    if lease.holder is None:
        return "free"
    if lease.holder in silent:
        return "silent"
    return "waiting" if waits_for else "reading"


def _parents(lease: Lease | None, shard: Shard | None) -> tuple[str, ...]:
    if lease and lease.parents:
        return lease.parents
    return (shard.parent,) if shard and shard.parent else ()

"""The status of an application's workers and shards, from its tables and its stream."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leadership import Leadership
from consumer.fleet.leases import Lease, awaited_parents
from consumer.fleet.lineage import ended_without_lease
from consumer.fleet.pace import Pace, pace_between
from consumer.fleet.renewals import Renewals
from consumer.fleet.shards import Shard
from consumer.fleet.standstills import Standstill
from consumer.fleet.topic_claims import TopicClaim
from consumer.fleet.worker_reports import WorkerReport
from consumer.problems import Problem

ShardState = Literal["stopped", "reading", "silent", "free", "waiting", "ended", "new"]
"""The state of a shard.

stopped: Its worker tells that it makes no progress, and why.
reading: A worker reads it, and gave a sign of life lately.
silent: Its worker gave no sign of life for longer than a lease lasts.
free: Nobody holds it.
waiting: A worker holds it, and begins when the parents are read to their ends.
ended: Everything in it is published, and it takes no more records.
new: It has no lease yet.
"""

STATES: tuple[ShardState, ...] = get_args(ShardState)
"""Every state."""


@dataclass(frozen=True, slots=True)
class FleetReading:
    """One reading of the tables.

    Attributes:
        at: When, in seconds since 1970 UTC.
        leases: The leases.
        reports: The workers' reports.
        leadership: The leader's lock.
        topic_claims: Each worker's topic.
        standstills: The shards that make no progress, as their workers tell.
    """

    at: float
    leases: tuple[Lease, ...]
    reports: tuple[WorkerReport, ...]
    leadership: Leadership | None
    topic_claims: tuple[TopicClaim, ...] = ()
    standstills: tuple[Standstill, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker.

    Attributes:
        worker: Its name.
        report_seconds: The age of its last report, by its clock and ours; None if it has none.
        is_leader: Whether it holds the leader's lock.
        leases: How many shards it holds that have not ended.
        is_silent: Whether it gave no sign of life for longer than a lease lasts.
        topic_arn: The topic that it publishes to; None if it doesn't say.
    """

    worker: str
    report_seconds: float | None
    is_leader: bool
    leases: int
    is_silent: bool
    topic_arn: str | None = None


@dataclass(frozen=True, slots=True)
class ShardStatus:
    """One shard.

    Attributes:
        shard_id: Its id.
        state: Its state.
        lease: Its lease; None if there is none.
        parents: Its parent shards.
        waits_for: Those parents that are not read to their ends.
        renewed_seconds: How long ago at most its lease was renewed; None if no renewal was seen.
            One reading alone shows none.
        backlog: The records after its checkpoint.
        standstill: Its last failure since its checkpoint, even if its worker tells no more of it;
            None if there was none.
        pace: How fast it is read; None before a second look.
    """

    shard_id: str
    state: ShardState
    lease: Lease | None
    parents: tuple[str, ...]
    waits_for: tuple[str, ...]
    renewed_seconds: float | None
    backlog: Backlog | Unknown
    standstill: Standstill | None = None
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class FleetStatus:
    """Workers and shards of an application.

    Attributes:
        at: When the tables were read, in seconds since 1970 UTC.
        workers: The workers, by name.
        shards: Shards that have a lease or are in the stream, by id.
        problems: What is wrong with the stream.
    """

    at: float
    workers: tuple[WorkerStatus, ...]
    shards: tuple[ShardStatus, ...]
    problems: tuple[Problem, ...] = ()


def assess(
    reading: FleetReading,
    shards: Iterable[Shard],
    backlogs: Mapping[str, Backlog | Unknown],
    renewals: Renewals,
    lease_timeout: float,
) -> FleetStatus:
    """Return the status.

    Args:
        reading: The latest reading of the tables.
        shards: The stream's shards.
        backlogs: The backlog of each shard that has not ended, by shard id.
        renewals: The renewals seen so far.
        lease_timeout: How long a worker may give no sign of life.
    """
    leases = {lease.shard_id: lease for lease in reading.leases}
    listed = {shard.shard_id: shard for shard in shards}
    workers = tuple(_worker(name, reading, renewals, lease_timeout) for name in _names(reading))
    silent = {worker.worker for worker in workers if worker.is_silent}
    ended = ended_without_lease(leases, listed.values())
    failing = {
        each.shard_id: each
        for each in reading.standstills
        if each.concerns(leases.get(each.shard_id))
    }

    def status(shard_id: str) -> ShardStatus:
        lease, shard = leases.get(shard_id), listed.get(shard_id)
        waits_for = awaited_parents(lease, reading.leases) if lease else ()
        standstill = failing.get(shard_id)
        is_stopped = standstill is not None and standstill.is_fresh(reading.at)
        state = _state(lease, silent, waits=bool(waits_for), is_stopped=is_stopped)
        return ShardStatus(
            shard_id=shard_id,
            state="ended" if shard_id in ended else state,
            lease=lease,
            parents=_parents(lease, shard),
            waits_for=waits_for,
            renewed_seconds=renewals.seconds_since(shard_id, reading.at),
            backlog=backlogs.get(shard_id, Backlog()),
            standstill=standstill,
        )

    return FleetStatus(reading.at, workers, tuple(map(status, sorted({*leases, *listed}))))


def with_paces(earlier: FleetStatus, later: FleetStatus) -> FleetStatus:
    """Return the later status with the pace of each shard since the earlier one."""
    before = {shard.shard_id: shard for shard in earlier.shards}
    seconds = later.at - earlier.at

    def paced(shard: ShardStatus) -> ShardStatus:
        first = before.get(shard.shard_id)
        if first is None or seconds <= 0 or shard.lease is None:
            return shard
        pace = pace_between(first.backlog, shard.backlog, shard.lease.checkpoint, later.at, seconds)
        return replace(shard, pace=pace)

    return replace(later, shards=tuple(map(paced, later.shards)))


def _names(reading: FleetReading) -> list[str]:
    """The workers that have reported or hold a shard."""
    holders = {lease.holder for lease in reading.leases if not lease.has_ended}
    reporters = {report.worker for report in reading.reports}
    return sorted(reporters | {name for name in holders if name})


def _worker(
    name: str, reading: FleetReading, renewals: Renewals, lease_timeout: float
) -> WorkerStatus:
    held = [lease for lease in reading.leases if lease.holder == name and not lease.has_ended]
    reported = {report.worker: report.reported_at for report in reading.reports}
    age = None if name not in reported else max(0.0, reading.at - reported[name])
    renewed = [renewals.seconds_since(lease.shard_id, reading.at) for lease in held]
    topics = {claim.worker: claim.topic_arn for claim in reading.topic_claims}
    signs = [sign for sign in (age, *renewed) if sign is not None]
    # A worker without reports may still renew, which only several readings show.
    last = min(signs, default=renewals.watched_seconds(reading.at))
    return WorkerStatus(
        worker=name,
        report_seconds=age,
        is_leader=reading.leadership is not None and reading.leadership.worker == name,
        leases=len(held),
        is_silent=last > lease_timeout,
        topic_arn=topics.get(name),
    )


def _state(lease: Lease | None, silent: set[str], *, waits: bool, is_stopped: bool) -> ShardState:
    if lease is None:
        return "new"
    if lease.has_ended:
        return "ended"
    if lease.holder in silent:
        return "silent"
    if is_stopped:
        return "stopped"  # also while its lease is free between two tries
    if lease.holder is None:
        return "free"
    return "waiting" if waits else "reading"


def _parents(lease: Lease | None, shard: Shard | None) -> tuple[str, ...]:
    if lease and lease.parents:
        return lease.parents
    return (shard.parent,) if shard and shard.parent else ()

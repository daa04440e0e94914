"""What is wrong with a fleet of workers, as two looks at its tables and its stream tell."""

from collections.abc import Iterable, Mapping, Sequence

from consumer.fleet.backlog import KEPT_SECONDS, Backlog, Unknown
from consumer.fleet.leases import Lease, not_renewed
from consumer.fleet.shard_ids import is_young
from consumer.fleet.shards import Shard
from consumer.fleet.status import FleetReading
from consumer.problems import Problem

NEAR_EDGE_SECONDS = KEPT_SECONDS * 3 // 4
"""How old an unread record may be before somebody must be told."""

_HOUR = 3600


def signs_of_life(first: FleetReading, last: FleetReading, patience_seconds: float) -> set[str]:
    """Return the workers that run: that have lately reported, or report or renew between looks."""
    before = {report.worker: report.reported_at for report in first.reports}
    reporting = {
        report.worker
        for report in last.reports
        if before.get(report.worker) != report.reported_at
        or last.at - report.reported_at <= patience_seconds
    }
    counters = {lease.shard_id: lease.counter for lease in first.leases}
    renewing = {
        lease.holder
        for lease in last.leases
        if lease.holder and counters.get(lease.shard_id, lease.counter) != lease.counter
    }
    return reporting | renewing


def missing_workers(
    first: FleetReading, last: FleetReading, patience_seconds: float
) -> list[Problem]:
    """Return that no worker runs, if none does."""
    if signs_of_life(first, last, patience_seconds):
        return []
    newest = max((report.reported_at for report in last.reports), default=None)
    since = "has ever reported" if newest is None else f"has reported for {last.at - newest:,.0f} s"
    fix = "start one; its log says why it ended, and `run --check-only` whether it can start"
    return [Problem("workers", f"none {since}", fix)]


def idle_leases(first: FleetReading, last: FleetReading) -> list[Problem]:
    """Return each lease that nobody has renewed from one look to the other."""
    seconds = last.at - first.at
    return [_idle(lease, seconds) for lease in not_renewed(first.leases, last.leases)]


def _idle(lease: Lease, seconds: float) -> Problem:
    if lease.holder is None:
        wrong = f"nobody has held its lease for {seconds:.0f} s"
        return Problem(lease.shard_id, wrong, "look in the workers' logs why none takes it")
    wrong = f"{lease.holder} has not renewed its lease for {seconds:.0f} s"
    fix = f"restart {lease.holder}, or wait until the leader gives the lease to another worker"
    return Problem(lease.shard_id, wrong, fix)


def foreign_leases(leases: Iterable[Lease], shards: Iterable[Shard], now: float) -> list[Problem]:
    """Return each unfinished lease of a shard that this stream would list if it had it."""
    listed = {shard.shard_id for shard in shards}
    fix = "take another applicationName, one for each stream; `run` refuses this one"
    return [
        Problem(lease.shard_id, "has a lease, and is a shard of another stream", fix)
        for lease in leases
        if not lease.has_ended and lease.shard_id not in listed and is_young(lease.shard_id, now)
    ]


def shards_near_the_edge(backlogs: Mapping[str, Backlog | Unknown], now: float) -> list[Problem]:
    """Return each shard whose oldest unread record soon expires."""
    return [
        _near(shard_id, backlog, now)
        for shard_id, backlog in sorted(backlogs.items())
        if isinstance(backlog, Backlog) and backlog.lag_seconds(now) >= NEAR_EDGE_SECONDS
    ]


def _near(shard_id: str, backlog: Backlog, now: float) -> Problem:
    age, left = backlog.lag_seconds(now) / _HOUR, (backlog.left_seconds(now) or 0) / _HOUR
    until = f"and expires in {left:.1f} h" if left > 0 else "and may expire at any moment"
    before = ", and what was before it has expired" if backlog.has_expired else ""
    wrong = f"its oldest unread record is {age:.1f} h old {until}{before}"
    fix = "fix what the other findings name; else look in the log for this shard's failures"
    return Problem(shard_id, wrong, fix)


def unmeasured(backlogs: Mapping[str, Backlog | Unknown]) -> Sequence[str]:
    """Return why a shard's backlog could not be told, a line for each."""
    return [
        f"{shard_id}: {backlog.reason}"
        for shard_id, backlog in sorted(backlogs.items())
        if isinstance(backlog, Unknown)
    ]

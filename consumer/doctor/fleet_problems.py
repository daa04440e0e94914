"""What is wrong with running workers, as two readings of their tables and the stream show."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leases import Lease, not_renewed
from consumer.fleet.retention import RETENTION_SECONDS
from consumer.fleet.shards import Shard
from consumer.fleet.standstills import current_standstills, standstill_problems
from consumer.fleet.status import FleetReading
from consumer.problems import Problem
from consumer.terminal.plurals import counted

NEAR_EXPIRY_SECONDS = RETENTION_SECONDS * 3 // 4
"""From this age on, an unread record is a problem."""

_HOUR = 3600


def signs_of_life(first: FleetReading, last: FleetReading, lease_timeout: float) -> set[str]:
    """Return the workers that run: those that reported lately, or reported or renewed in between.

    Args:
        first: A reading.
        last: A later reading.
        lease_timeout: How many seconds a worker may give no sign of life.
    """
    before = {report.worker: report.reported_at for report in first.reports}
    reporting = {
        report.worker
        for report in last.reports
        if before.get(report.worker) != report.reported_at
        or last.at - report.reported_at <= lease_timeout
    }
    counters = {lease.shard_id: lease.counter for lease in first.leases}
    renewing = {
        lease.holder
        for lease in last.leases
        if lease.holder and counters.get(lease.shard_id, lease.counter) != lease.counter
    }
    return reporting | renewing


def missing_workers(first: FleetReading, last: FleetReading, lease_timeout: float) -> list[Problem]:
    """Return a problem if no worker runs."""
    if signs_of_life(first, last, lease_timeout):
        return []
    newest = max((report.reported_at for report in last.reports), default=None)
    since = "has ever reported" if newest is None else f"has reported for {last.at - newest:,.0f} s"
    fix = "start one; its log says why it ended, and `run --check-only` whether it can start"
    return [Problem("workers", f"none {since}", fix)]


def other_topics(
    first: FleetReading, last: FleetReading, lease_timeout: float, topic: str
) -> list[Problem]:
    """Return a problem for each running worker that publishes to another topic than `topic`."""
    running = signs_of_life(first, last, lease_timeout)
    fix = "stop it, or give one of the two fleets an applicationName of its own"
    return [
        Problem(f"worker {claim.worker}", f"publishes to {claim.topic_arn}, not to {topic}", fix)
        for claim in last.topic_claims
        if claim.worker in running and claim.topic_arn != topic
    ]


def too_few_places(workers: int, most_leases: int | None, shards: Iterable[Shard]) -> list[Problem]:
    """Return a problem if running workers may not hold as many leases as there are open shards.

    Args:
        workers: How many workers run.
        most_leases: The setting `maxLeasesForWorker`; None if it isn't set.
        shards: The stream's shards.
    """
    open_shards = sum(shard.is_open for shard in shards)
    if most_leases is None or not workers or workers * most_leases >= open_shards:
        return []
    wrong = f"{counted(workers, 'worker')} may hold {workers * most_leases} of {open_shards} shards"
    fix = "raise it or remove it, or start more workers"
    return [Problem(f"maxLeasesForWorker = {most_leases}", wrong, fix)]


def slow_clocks(readings: Sequence[FleetReading], report_seconds: float) -> list[Problem]:
    """Return a problem for each worker whose clock is too far behind the leader's.

    KCL 3.1.3's leader compares the time of a worker's report, which is by the worker's clock, with
    its own clock. A report that is older than two periods is a worker that is gone, and gets no
    shard.

    Args:
        readings: Several readings, oldest first.
        report_seconds: The period of reports.
    """
    ages = _youngest_ages(readings)
    leader = readings[-1].leadership
    if leader is None or leader.worker not in ages:
        return []
    limit = 2 * report_seconds
    return [
        _slow(worker, age - ages[leader.worker], leader.worker, limit)
        for worker, age in sorted(ages.items())
        # Reports have whole seconds.
        if age - ages[leader.worker] >= limit + 1
    ]


def _youngest_ages(readings: Sequence[FleetReading]) -> dict[str, float]:
    """The least age of the reports of each worker that has reported between two readings."""
    first = {report.worker: report.reported_at for report in readings[0].reports}
    ages: dict[str, float] = {}
    for reading in readings[1:]:
        for report in reading.reports:
            if report.reported_at != first.get(report.worker):
                age = reading.at - report.reported_at
                ages[report.worker] = min(age, ages.get(report.worker, age))
    return ages


def _slow(worker: str, seconds: float, leader: str, limit: float) -> Problem:
    wrong = f"its clock is about {seconds:.0f} s behind the clock of the leader, {leader}"
    fix = f"set both by a time service; the leader takes reports older than {limit:.0f} s for gone"
    return Problem(f"worker {worker}", wrong, fix)


def idle_leases(first: FleetReading, last: FleetReading) -> list[Problem]:
    """Return a problem for each lease that nobody renewed between the readings."""
    seconds = last.at - first.at
    return [_idle(lease, seconds) for lease in not_renewed(first.leases, last.leases)]


def _idle(lease: Lease, seconds: float) -> Problem:
    if lease.holder is None:
        wrong = f"nobody has held its lease for {seconds:.0f} s"
        return Problem(lease.shard_id, wrong, "look in the workers' logs why none takes it")
    wrong = f"{lease.holder} has not renewed its lease for {seconds:.0f} s"
    fix = f"restart {lease.holder}, or wait until the leader gives the lease to another worker"
    return Problem(lease.shard_id, wrong, fix)


def stopped_shards(reading: FleetReading) -> list[Problem]:
    """Return a problem for each reason why shards make no progress, as their workers tell."""
    lasting = current_standstills(reading.standstills, reading.leases, reading.at)
    return standstill_problems(lasting, reading.at)


def shards_near_expiry(backlogs: Mapping[str, Backlog | Unknown], now: float) -> list[Problem]:
    """Return a problem for each shard whose oldest unread record expires soon."""
    return [
        _near_expiry(shard_id, backlog, now)
        for shard_id, backlog in sorted(backlogs.items())
        if isinstance(backlog, Backlog) and backlog.lag_seconds(now) >= NEAR_EXPIRY_SECONDS
    ]


def _near_expiry(shard_id: str, backlog: Backlog, now: float) -> Problem:
    age, left = backlog.lag_seconds(now) / _HOUR, (backlog.left_seconds(now) or 0) / _HOUR
    until = f"and expires in {left:.1f} h" if left > 0 else "and may expire at any moment"
    before = "; records before it have expired" if backlog.has_expired else ""
    wrong = f"its oldest unread record is {age:.1f} h old {until}{before}"
    fix = "fix the other findings first; else look in the log for failures of this shard"
    return Problem(shard_id, wrong, fix)


def unmeasured(backlogs: Mapping[str, Backlog | Unknown]) -> Sequence[str]:
    """Return a line for each reason why a backlog is unknown, with a shard and how many more."""
    shards = defaultdict[str, list[str]](list)
    for shard_id, backlog in sorted(backlogs.items()):
        if isinstance(backlog, Unknown):
            shards[backlog.reason].append(shard_id)
    return [
        f"{first}{f' and {len(more)} more' if more else ''}: {reason}"
        for reason, (first, *more) in shards.items()
    ]

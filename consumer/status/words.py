"""A status in words, for the screen and for plain lines."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.standstills import current_standstills, standstill_problems
from consumer.fleet.status import STATES, FleetStatus, ShardStatus, WorkerStatus
from consumer.status.to_json import topic_warnings, totals
from consumer.terminal.durations import duration
from consumer.terminal.plurals import counted


@dataclass(frozen=True, slots=True)
class Subject:
    """What a status is of.

    Attributes:
        application: The workers' applicationName.
        table: The table whose changes they publish.
        topic_arn: The topic of this configuration.
    """

    application: str
    table: str
    topic_arn: str

    def named(self, *, wide: bool) -> str:
        """Return the application, its table and its topic."""
        topic = self.topic_arn if wide else self.topic_arn.rpartition(":")[2]
        return f"{self.application}: {self.table} → {topic}"


def moment(status: FleetStatus) -> str:
    """Return when it was read, such as `2026-11-29 03:12:45 UTC`."""
    return f"{datetime.fromtimestamp(status.at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def totals_in_words(status: FleetStatus) -> str:
    """Return workers, shards and what is left, in a line."""
    sums = totals(status)
    states = ", ".join(f"{sums[state]:,} {state}" for state in STATES if sums[state])
    workers, shards = counted(sums["workers"], "worker"), counted(sums["shards"], "shard")
    parts = [f"{workers}, {shards} ({states or 'none'})", _left(sums)]
    if sums["secondsUntilExpiry"] is not None:
        parts.append(f"the oldest of them expires in {duration(sums['secondsUntilExpiry'])}")
    if any(shard.pace for shard in status.shards) and sums["lagSeconds"]:
        parts.append(_caught_up(sums["caughtUpSeconds"], "not catching up"))
    return "; ".join(parts)


def _left(sums: Mapping[str, Any]) -> str:
    if sums["lagSeconds"] is None or (sums["unknown"] and not sums["lagSeconds"]):
        return "how far behind is unknown"
    least = "at least " if sums["recordsLeftIsLeast"] else ""
    unknown = "at least " if sums["unknown"] else ""
    behind = f"farthest behind {unknown}{duration(sums['lagSeconds'])}"
    return f"{behind}, {least}{counted(sums['recordsLeft'], 'record')} left"


def _caught_up(seconds: float | None, otherwise: str) -> str:
    return otherwise if seconds is None else f"caught up in {duration(seconds)}"


def excess(status: FleetStatus, max_lag: float) -> str | None:
    """Return why the lag is too long, or not known to be short enough; None if it is."""
    sums = totals(status)
    if sums["unknown"]:
        return f"the lag of {counted(sums['unknown'], 'shard')} is unknown"
    if sums["lagSeconds"] > max_lag:
        return f"the lag of {duration(sums['lagSeconds'])} is longer than {duration(max_lag)}"
    return None


def notes(status: FleetStatus) -> Iterator[str]:
    """Yield a line for each thing that somebody should know: the worst first."""
    leases = [shard.lease for shard in status.shards if shard.lease]
    told = [shard.standstill for shard in status.shards if shard.standstill]
    lasting = current_standstills(told, leases, status.at)
    yield from map(str, standstill_problems(lasting, status.at))
    for each in told:
        if each not in lasting:
            yield f"{each.shard_id}: last error: {each.describe(status.at)}"
    yield from map(str, status.problems)
    yield from topic_warnings(status)
    yield from _unknown(status)


def _unknown(status: FleetStatus) -> Iterator[str]:
    shards = defaultdict[str, list[str]](list)
    for shard in status.shards:
        if isinstance(shard.backlog, Unknown):
            shards[shard.backlog.reason].append(shard.shard_id)
    for reason, (first, *more) in shards.items():
        others = f" and of {len(more):,} more" if more else ""
        yield f"the lag of {first}{others} is unknown: {reason}"


def worker_in_words(worker: WorkerStatus) -> str:
    """Return a worker's leases, its last report and its marks."""
    seconds = worker.report_seconds
    report = "never reported" if seconds is None else f"reported {duration(seconds)} ago"
    return ", ".join([counted(worker.leases, "lease"), report, *marks(worker)])


def marks(worker: WorkerStatus) -> Iterator[str]:
    """Yield what is to be said of a worker in one word."""
    if worker.is_leader:
        yield "leader"
    if worker.is_silent:
        yield "silent"


def shard_in_words(shard: ShardStatus, now: float) -> str:
    """Return all that is known of a shard, in a line."""
    lease = shard.lease
    parts: list[str] = [shard.state]
    if owner := owner_of(shard):
        parts.append(f"owner {owner}")
    if shard.state != "ended":
        parts += [f"{lag_of(shard, now)} behind", f"{left_of(shard)} left"]
    if lease is not None:
        parts.append(f"checkpoint {lease.checkpoint}")
    if end := end_of(shard):
        parts.append(f"end {end}")
    if shard.pace:
        parts += [f"{rate_of(shard)} records/s", _caught_up(*_to_go(shard))]
    if shard.renewed_seconds is not None:
        parts.append(f"renewed {duration(shard.renewed_seconds)} ago")
    return ", ".join([*parts, *_parents(shard)])


def _to_go(shard: ShardStatus) -> tuple[float | None, str]:
    return (shard.pace.caught_up_seconds if shard.pace else None), "not catching up"


def _parents(shard: ShardStatus) -> Iterator[str]:
    for parent in shard.parents:
        yield f"{'awaits' if parent in shard.waits_for else 'follows'} {parent}"


def owner_of(shard: ShardStatus) -> str:
    """Return who reads a shard, or to whom it is handed over; empty where nobody need."""
    lease = shard.lease
    if lease is None or lease.has_ended:
        return ""
    if lease.checkpoint_owner:
        return f"{lease.checkpoint_owner} → {lease.owner}"
    return lease.owner or "nobody"


def lag_of(shard: ShardStatus, now: float) -> str:
    """Return a shard's lag, `?` if it is unknown."""
    if not isinstance(shard.backlog, Backlog):
        return "?"
    return duration(shard.backlog.lag_seconds(now))


def left_of(shard: ShardStatus) -> str:
    """Return how many records of a shard are left, `?` if that is unknown."""
    backlog = shard.backlog
    if not isinstance(backlog, Backlog):
        return "?"
    return f"{backlog.records:,}{'+' if backlog.has_more else ''}"


def end_of(shard: ShardStatus) -> str:
    """Return the last record that was seen after the checkpoint; empty if there is none."""
    backlog = shard.backlog
    if not isinstance(backlog, Backlog) or backlog.end is None:
        return ""
    return f"{backlog.end}{'+' if backlog.has_more else ''}"


def rate_of(shard: ShardStatus) -> str:
    """Return how many records a second are published; empty before a second look."""
    if shard.pace is None:
        return ""
    return f"{shard.pace.records_per_second:,.1f}{'+' if shard.pace.is_least else ''}"


def caught_up_of(shard: ShardStatus) -> str:
    """Return when nothing of a shard is left; empty before a second look, or if there is no end."""
    seconds = shard.pace.caught_up_seconds if shard.pace else None
    return "" if seconds is None else duration(seconds)

"""The status of workers and shards as JSON."""

from collections import Counter
from typing import Any

from consumer.fleet.backlog import Backlog
from consumer.fleet.pace import Pace
from consumer.fleet.standstills import Standstill
from consumer.fleet.status import STATES, FleetStatus, ShardStatus, WorkerStatus

_SEVERAL = 2


def to_json(status: FleetStatus) -> dict[str, Any]:
    """Return everything that is known; None stands for what is unknown."""
    return {
        "at": round(status.at, 3),
        "workers": [_worker(worker) for worker in status.workers],
        "shards": [_shard(shard, status.at) for shard in status.shards],
        "totals": totals(status),
        "warnings": [*topic_warnings(status), *map(str, status.problems)],
    }


def totals(status: FleetStatus) -> dict[str, Any]:
    """Return totals of workers and shards; the lag is that of the shard farthest behind.

    Where the backlog of no shard is known, so are none of its totals.
    """
    states = Counter(shard.state for shard in status.shards)
    backlogs = [shard.backlog for shard in status.shards if shard.state != "ended"]
    known = [backlog for backlog in backlogs if isinstance(backlog, Backlog)]
    is_known = bool(known) or not backlogs
    lag = max((each.lag_seconds(status.at) for each in known), default=0.0)
    left = [seconds for each in known if (seconds := each.left_seconds(status.at)) is not None]
    return {
        "workers": sum(not worker.is_silent for worker in status.workers),
        "shards": len(status.shards),
        **{state: states[state] for state in STATES},
        "lagSeconds": round(lag, 1) if is_known else None,
        "recordsLeft": sum(each.records for each in known) if is_known else None,
        "recordsLeftIsLeast": any(each.has_more for each in known) or len(known) < len(backlogs),
        "secondsUntilExpiry": round(min(left), 1) if left else None,
        "caughtUpSeconds": _rounded(caught_up_seconds(status)),
        "unknown": len(backlogs) - len(known),
    }


def caught_up_seconds(status: FleetStatus) -> float | None:
    """Return in how many seconds nothing is left; None if one look doesn't tell, or it never is."""
    shards = [shard for shard in status.shards if shard.state != "ended"]
    each = [shard.pace.caught_up_seconds if shard.pace else None for shard in shards]
    known = [seconds for seconds in each if seconds is not None]
    return max(known) if known and len(known) == len(each) else None


def topic_warnings(status: FleetStatus) -> list[str]:
    """Return a line if running workers publish to different topics."""
    topics = {
        worker.worker: worker.topic_arn
        for worker in status.workers
        if worker.topic_arn and not worker.is_silent
    }
    if len(set(topics.values())) < _SEVERAL:
        return []
    each = ", ".join(f"{worker} to {topic}" for worker, topic in topics.items())
    return [f"workers publish to different topics, so each lacks a part of the changes: {each}"]


def _worker(worker: WorkerStatus) -> dict[str, Any]:
    return {
        "worker": worker.worker,
        "reportSeconds": _rounded(worker.report_seconds),
        "isLeader": worker.is_leader,
        "isSilent": worker.is_silent,
        "leases": worker.leases,
        "topicArn": worker.topic_arn,
    }


def _shard(shard: ShardStatus, now: float) -> dict[str, Any]:
    lease = shard.lease
    return {
        "shardId": shard.shard_id,
        "state": shard.state,
        "owner": lease.owner if lease else None,
        "handedOverBy": lease.checkpoint_owner if lease else None,
        "checkpoint": lease.checkpoint if lease else None,
        "leaseCounter": lease.counter if lease else None,
        "renewedSeconds": _rounded(shard.renewed_seconds),
        "parents": list(shard.parents),
        "waitsFor": list(shard.waits_for),
        **_backlog(shard, now),
        **_pace(shard.pace),
        "lastError": _error(shard.standstill, now),
    }


def _backlog(shard: ShardStatus, now: float) -> dict[str, Any]:
    backlog = shard.backlog
    if not isinstance(backlog, Backlog):
        names = ("end", "lagSeconds", "recordsLeft", "recordsLeftIsLeast", "secondsUntilExpiry")
        return {**dict.fromkeys(names), "checkpointExpired": None, "unknown": backlog.reason}
    return {
        "end": backlog.end,
        "lagSeconds": _rounded(backlog.lag_seconds(now)),
        "recordsLeft": backlog.records,
        "recordsLeftIsLeast": backlog.has_more,
        "secondsUntilExpiry": _rounded(backlog.left_seconds(now)),
        "checkpointExpired": backlog.has_expired,
        "unknown": None,
    }


def _pace(pace: Pace | None) -> dict[str, Any]:
    if pace is None:
        return dict.fromkeys(("recordsPerSecond", "recordsPerSecondIsLeast", "caughtUpSeconds"))
    return {
        "recordsPerSecond": round(pace.records_per_second, 2),
        "recordsPerSecondIsLeast": pace.is_least,
        "caughtUpSeconds": _rounded(pace.caught_up_seconds),
    }


def _error(standstill: Standstill | None, now: float) -> dict[str, Any] | None:
    if standstill is None:
        return None
    return {
        "before": standstill.before,
        "reason": standstill.reason,
        "fix": standstill.fix,
        "failures": standstill.failures,
        "failingSeconds": _rounded(now - standstill.since),
        "nextTrySeconds": _rounded(standstill.next_try_at - now),
        "reportedSeconds": _rounded(now - standstill.reported_at),
        "worker": standstill.worker,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)

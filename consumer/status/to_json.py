"""The status of workers and shards as JSON."""

from collections import Counter
from typing import Any

from consumer.fleet.backlog import Backlog
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
    """Return totals of workers and shards; the lag is that of the shard farthest behind."""
    states = Counter(shard.state for shard in status.shards)
    backlogs = [shard.backlog for shard in status.shards]
    known = [backlog for backlog in backlogs if isinstance(backlog, Backlog)]
    left = [seconds for each in known if (seconds := each.left_seconds(status.at)) is not None]
    return {
        "workers": sum(not worker.is_silent for worker in status.workers),
        "shards": len(status.shards),
        **{state: states[state] for state in STATES},
        "lagSeconds": round(max((each.lag_seconds(status.at) for each in known), default=0.0), 1),
        "recordsLeft": sum(each.records for each in known),
        "recordsLeftIsLeast": any(each.has_more for each in known) or len(known) < len(backlogs),
        "secondsUntilExpiry": round(min(left), 1) if left else None,
        "unknown": len(backlogs) - len(known),
    }


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
    }


def _backlog(shard: ShardStatus, now: float) -> dict[str, Any]:
    backlog = shard.backlog
    if not isinstance(backlog, Backlog):
        names = ("lagSeconds", "recordsLeft", "recordsLeftIsLeast", "secondsUntilExpiry")
        return {**dict.fromkeys(names), "checkpointExpired": None, "unknown": backlog.reason}
    return {
        "lagSeconds": _rounded(backlog.lag_seconds(now)),
        "recordsLeft": backlog.records,
        "recordsLeftIsLeast": backlog.has_more,
        "secondsUntilExpiry": _rounded(backlog.left_seconds(now)),
        "checkpointExpired": backlog.has_expired,
        "unknown": None,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)

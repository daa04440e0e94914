"""Replays that make no sense: of another stream, or from before the stream's edge."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from consumer.fleet.leases import Lease
from consumer.replay.read_plan import ReplayError
from consumer.replay.start_position import AtTime, StartPosition

_KEPT_SECONDS = 86_400
"""A stream keeps a record, and lists a shard, for so long."""

_SHARD_ID = re.compile(r"shardId-(?P<opened_at>\d{20})-.*")


def check_leases(table: str, leases: Sequence[Lease], listed: frozenset[str], now: float) -> None:
    """Check that a lease table is this stream's.

    Args:
        table: The lease table's name.
        leases: Its rows.
        listed: The shards of the stream.
        now: The time, in seconds since 1970 UTC.

    Raises:
        ReplayError: It has no leases, or those of another stream.
    """
    unlisted = [lease for lease in leases if lease.shard_id not in listed]
    foreign = [s for s in unlisted if not s.has_ended and _is_young(s.shard_id, now)]
    if foreign:
        raise ReplayError(
            f"lease table {table!r}: has leases of another stream, such as {foreign[0].shard_id}; "
            "a stream that was enabled anew needs an applicationName of its own"
        )
    if all(lease.shard_id not in listed for lease in leases):
        raise ReplayError(
            f"lease table {table!r}: has no lease of this stream, so that nothing was published "
            "yet; start a worker, which begins at initialPositionInStream"
        )


def check_moment(origin: StartPosition, stream_arn: str, now: float) -> None:
    """Check that the stream keeps everything from a moment on.

    Raises:
        ReplayError: It doesn't, or did not exist yet.
    """
    if not isinstance(origin, AtTime):
        return
    edge = max(now - _KEPT_SECONDS, _created_at(stream_arn))
    if origin.seconds < int(edge):
        raise ReplayError(
            f"--from {origin}: the stream has no data from then; it has from {AtTime(int(edge))} "
            "on; name a later time, or trim-horizon"
        )


def _is_young(shard_id: str, now: float) -> bool:
    """Whether a stream that has this shard still lists it: its id says when it was opened."""
    found = _SHARD_ID.fullmatch(shard_id)
    return found is not None and now - int(found["opened_at"]) / 1_000 < _KEPT_SECONDS


def _created_at(stream_arn: str) -> float:
    """When a stream was enabled: its label, the end of its ARN, is that time."""
    label = stream_arn.rpartition("/")[2]
    return datetime.fromisoformat(label).replace(tzinfo=UTC).timestamp()

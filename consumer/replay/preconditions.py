"""What must be true of a stream and its leases before a replay is planned."""

from collections.abc import Sequence
from datetime import UTC, datetime

from consumer.fleet.leases import Lease
from consumer.fleet.stream_problems import foreign_problems
from consumer.replay.errors import ReplayError
from consumer.replay.start_position import AtTime, StartPosition


def check_leases(table: str, leases: Sequence[Lease], listed: frozenset[str], now: float) -> None:
    """Check that a lease table belongs to this stream.

    Args:
        table: The lease table's name.
        leases: Its rows, read before the stream was described.
        listed: The ids of the stream's shards.
        now: The time, in seconds since 1970 UTC.

    Raises:
        ReplayError: It has no leases, or those of another stream.
    """
    for problem in foreign_problems(table, leases, listed, now):
        raise ReplayError(str(problem))
    if all(lease.shard_id not in listed for lease in leases):
        raise ReplayError(
            f"lease table {table!r}: has no lease of this stream, so nothing is published yet; "
            "start a worker, which begins at initialPositionInStream"
        )


def check_start_time(start_position: StartPosition, stream_arn: str) -> None:
    """Check that the stream existed at the time at which a replay begins.

    Raises:
        ReplayError: It did not.
    """
    if not isinstance(start_position, AtTime):
        return
    created_at = _created_at(stream_arn)
    if start_position.seconds < created_at:
        raise ReplayError(
            f"--from {start_position}: the stream was enabled at {AtTime(created_at)}; name a "
            "later time, or trim-horizon"
        )


def _created_at(stream_arn: str) -> int:
    """When a stream was enabled: its label, the end of its ARN, is that time."""
    label = stream_arn.rpartition("/")[2]
    return int(datetime.fromisoformat(label).replace(tzinfo=UTC).timestamp())

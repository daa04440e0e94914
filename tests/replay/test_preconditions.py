"""Replays that make no sense."""

import pytest

from consumer.fleet.leases import Lease
from consumer.replay.errors import ReplayError
from consumer.replay.preconditions import check_leases, check_start_time
from consumer.replay.start_position import OLDEST_BOUNDARY, AtTime

NOW = 1_795_604_000.5
HOUR = 3_600
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/{label}"
OLD_ARN, NEW_ARN = (
    ARN.format(label="2026-11-01T00:00:00.000"),
    ARN.format(label="2026-11-25T09:53:20.000"),
)


def shard_id(age_seconds: float) -> str:
    """The id of a shard that was opened so long ago."""
    return f"shardId-{int((NOW - age_seconds) * 1_000):020}-0a1b2c3d"


def test_leases_of_this_stream_pass() -> None:
    """Beside those of shards that are gone: read to the end, or too old to be listed still."""
    leases = [
        Lease("listed", "w", "5"),
        Lease(shard_id(HOUR), "w", "SHARD_END"),
        Lease(shard_id(25 * HOUR), "w", "5"),
        Lease("of-another-form", "w", "5"),
    ]

    check_leases("orders-publisher", leases, frozenset({"listed"}), NOW)


@pytest.mark.parametrize(
    ("leases", "mistake"),
    [
        ([Lease("listed", "w", "5"), Lease(shard_id(HOUR), "w", "5")], "has leases of another"),
        ([Lease(shard_id(HOUR), "w", "SHARD_END")], "has no lease of this stream"),
        ([], "has no lease of this stream, so nothing is published yet; start a worker"),
    ],
)
def test_leases_of_another_stream_are_refused(leases: list[Lease], mistake: str) -> None:
    """A stream that was enabled anew has other shards; so has one that nobody has read."""
    with pytest.raises(ReplayError, match=rf"^lease table 'orders-publisher': {mistake}"):
        check_leases("orders-publisher", leases, frozenset({"listed"}), NOW)


def test_a_time_since_the_stream_was_enabled_passes() -> None:
    """In whole seconds; a boundary always passes."""
    check_start_time(AtTime(int(NOW) - 24 * HOUR), OLD_ARN)
    check_start_time(AtTime(int(NOW) - HOUR), NEW_ARN)
    check_start_time(OLDEST_BOUNDARY, NEW_ARN)


def test_a_time_before_the_stream_was_enabled_is_refused() -> None:
    """It says when that was."""
    with pytest.raises(ReplayError, match="was enabled at 2026-11-25T09:53:20Z; name a later time"):
        check_start_time(AtTime(int(NOW) - HOUR - 1), NEW_ARN)

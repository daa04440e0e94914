"""Replays that make no sense."""

import pytest

from consumer.fleet.leases import Lease
from consumer.replay.read_plan import ReplayError
from consumer.replay.replay_checks import check_leases, check_moment
from consumer.replay.start_position import OLDEST_EDGE, AtTime

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
        ([], "has no lease of this stream, so that nothing was published yet; start a worker"),
    ],
)
def test_leases_of_another_stream_are_refused(leases: list[Lease], mistake: str) -> None:
    """A stream that was enabled anew has other shards; so has one that nobody has read."""
    with pytest.raises(ReplayError, match=rf"^lease table 'orders-publisher': {mistake}"):
        check_leases("orders-publisher", leases, frozenset({"listed"}), NOW)


def test_a_moment_within_what_the_stream_keeps_passes() -> None:
    """24 hours, in whole seconds; an edge is always within."""
    check_moment(AtTime(int(NOW) - 24 * HOUR), OLD_ARN, NOW)
    check_moment(AtTime(int(NOW) - HOUR), NEW_ARN, NOW)
    check_moment(OLDEST_EDGE, NEW_ARN, NOW)


@pytest.mark.parametrize(
    ("arn", "age", "edge"),
    [
        (OLD_ARN, 24 * HOUR + 1, "2026-11-24T10:53:20Z"),
        (NEW_ARN, HOUR + 1, "2026-11-25T09:53:20Z"),
    ],
)
def test_a_moment_before_the_edge_is_refused(arn: str, age: int, edge: str) -> None:
    """It says from when data exists: from a day ago, or since the stream was enabled."""
    with pytest.raises(ReplayError, match=f"it has from {edge} on; name a later time"):
        check_moment(AtTime(int(NOW) - age), arn, NOW)

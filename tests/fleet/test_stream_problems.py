"""A stream that is disabled, or that nobody reads."""

import pytest

from consumer.fleet.leases import Lease
from consumer.fleet.shards import Shard, StreamDescription
from consumer.fleet.stream_problems import LatestStream, stream_problems

SHARDS = (Shard("listed", None, "1", None),)


def described(status: str = "ENABLED") -> StreamDescription:
    """A stream of one shard."""
    return StreamDescription("arn:old", "orders", "NEW_AND_OLD_IMAGES", status, SHARDS)


def problems(stream: StreamDescription, latest: LatestStream, *shard_ids: str) -> list[str]:
    """The lines about it, where these shards have leases."""
    leases = [Lease(shard_id, "w1", "SHARD_END") for shard_id in shard_ids]
    return [str(problem) for problem in stream_problems(stream, latest, leases)]


@pytest.mark.parametrize("shard_ids", [("listed",), ("gone", "listed"), ()])
@pytest.mark.parametrize("status", ["ENABLED", "ENABLING"])
def test_a_stream_that_is_read_has_no_problem(status: str, shard_ids: tuple[str, ...]) -> None:
    """Or that nobody has begun to read; leases of expired shards remain."""
    latest = LatestStream("arn:old", "NEW_AND_OLD_IMAGES", is_enabled=True)

    assert problems(described(status), latest, *shard_ids) == []


def test_a_disabled_stream_is_named_with_the_one_that_replaced_it() -> None:
    """Its workers end every shard without a word."""
    latest = LatestStream("arn:new", "NEW_AND_OLD_IMAGES", is_enabled=True)
    (line,) = problems(described("DISABLED"), latest, "listed")

    assert line.startswith("stream arn:old: is disabled, so no further change of the table is")
    assert "the table's stream is now arn:new: start workers for it" in line


def test_a_disabled_stream_without_a_new_one_says_to_enable_one() -> None:
    """Whether the table is still there or not."""
    latest = LatestStream("arn:old", None, is_enabled=False)
    (line,) = problems(described("DISABLED"), latest, "listed")

    assert "; enable a stream with the view NEW_AND_OLD_IMAGES; start workers for it" in line


def test_a_stream_that_replaced_the_one_that_workers_read_is_named() -> None:
    """All leases are those of the earlier one, and have ended, so that none stands out."""
    latest = LatestStream("arn:old", "NEW_AND_OLD_IMAGES", is_enabled=True)
    (line,) = problems(described(), latest, "gone", "gone-too")

    assert line.startswith("stream arn:old: none of its shards has a lease: the workers of this")

"""Looking for the record with which a replay begins."""

import pytest

from consumer.fleet.shards import ShardPosition
from consumer.replay.search import Search, SearchResult
from consumer.replay.start_position import (
    LATEST_EDGE,
    OLDEST_EDGE,
    AtSequenceNumber,
    AtTime,
    StartPosition,
)

# Numbers that would stand in another order as texts.
P8, P9, P10, P11 = (ShardPosition(str(number), number * 60.0) for number in (8, 9, 10, 11))
ALL = [P8, P9, P10, P11]


def found(origin: StartPosition, checkpoint: str) -> tuple[SearchResult, bool]:
    """What is found in four records, and whether the search is over before they are."""
    search = Search(origin, checkpoint)
    search.see([P8, P9])
    search.see([P10])
    is_over = search.is_over
    search.see([P11])
    return search.finding, is_over


@pytest.mark.parametrize(
    ("origin", "checkpoint", "finding", "is_over"),
    [
        (OLDEST_EDGE, "SHARD_END", SearchResult(P8, None, P8, published=4), False),
        (OLDEST_EDGE, "LATEST", SearchResult(P8, None, P8, published=4), False),
        (OLDEST_EDGE, "10", SearchResult(P8, None, P8, published=3), True),
        (OLDEST_EDGE, "TRIM_HORIZON", SearchResult(P8, None, P8), True),
        (AtTime(540), "SHARD_END", SearchResult(P8, P8, P9, published=3), False),
        (AtTime(540), "10", SearchResult(P8, P8, P9, published=2), True),
        (AtTime(600), "9", SearchResult(P8, P9, P10), True),
        (AtTime(660), "9", SearchResult(P8, P10, passed=1), True),
        (AtTime(600), "TRIM_HORIZON", SearchResult(P8, P8, passed=1), True),
        (AtTime(1200), "SHARD_END", SearchResult(P8, P11), False),
        (AtSequenceNumber("10"), "11", SearchResult(P8, P9, P10, published=2), False),
        (AtSequenceNumber("10"), "8", SearchResult(P8, P9, P10, passed=1), True),
        (LATEST_EDGE, "TRIM_HORIZON", SearchResult(P8, P11, passed=4), False),
        (LATEST_EDGE, "9", SearchResult(P8, P11, passed=2), False),
        (LATEST_EDGE, "LATEST", SearchResult(P8, P11), False),
    ],
)
def test_a_search_counts_what_is_published_from_the_place_on(
    origin: StartPosition, checkpoint: str, finding: SearchResult, *, is_over: bool
) -> None:
    """It ends at the checkpoint, or goes on where that tells nothing or what is passed counts."""
    assert found(origin, checkpoint) == (finding, is_over)


def test_the_place_is_before_the_first_record_of_the_moment() -> None:
    """Times are about right only: what comes after it comes too, even if older."""
    search = Search(AtTime(540), "SHARD_END")
    search.see([P8, P9, ShardPosition("10", 8 * 60.0)])

    assert search.finding == SearchResult(P8, P8, P9, published=2)


def test_a_shard_without_records_has_nothing() -> None:
    """No record, no place."""
    search = Search(AtTime(540), "SHARD_END")
    search.see([])

    assert (search.finding, search.is_over) == (SearchResult(), False)


@pytest.mark.parametrize(
    ("checkpoint", "seen", "patience"),
    [("9", [P8], 100), ("9", [P8, P9], 5), ("9", [P10], 5), ("TRIM_HORIZON", [], 5)],
)
def test_a_shard_is_read_on_where_the_checkpoint_must_follow(
    checkpoint: str, seen: list[ShardPosition], patience: int
) -> None:
    """It is a record's; once it or a later one was met, nothing need follow."""
    search = Search(AtTime(1200), checkpoint)
    search.see(seen)

    assert search.patience == patience


def test_it_is_noticed_whether_the_stream_tells_seconds() -> None:
    """DynamoDB does; DynamoDB Local tells whole minutes."""
    whole, fine = Search(OLDEST_EDGE, "SHARD_END"), Search(OLDEST_EDGE, "SHARD_END")
    whole.see(ALL)
    fine.see([P8, ShardPosition("9", 541.0), P10])

    assert (whole.finding.tells_seconds, fine.finding.tells_seconds) == (False, True)

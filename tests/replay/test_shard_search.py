"""Looking for the record with which a replay begins."""

import pytest

from consumer.fleet.shards import ShardPosition
from consumer.replay.shard_search import SearchResult, ShardSearch
from consumer.replay.start_position import (
    LATEST_BOUNDARY,
    OLDEST_BOUNDARY,
    AtSequenceNumber,
    AtTime,
    StartPosition,
)

# Numbers that would stand in another order as texts.
P8, P9, P10, P11 = (ShardPosition(str(number), number * 60.0) for number in (8, 9, 10, 11))
ALL = [P8, P9, P10, P11]


def found(start_position: StartPosition, checkpoint: str) -> tuple[SearchResult, bool]:
    """What is found in four records, and whether the search is over before they are."""
    search = ShardSearch(start_position, checkpoint)
    search.see([P8, P9])
    search.see([P10])
    is_over = search.is_over
    search.see([P11])
    return search.result, is_over


@pytest.mark.parametrize(
    ("start_position", "checkpoint", "result", "is_over"),
    [
        (OLDEST_BOUNDARY, "SHARD_END", SearchResult(P8, None, P8, published=4), False),
        (OLDEST_BOUNDARY, "LATEST", SearchResult(P8, None, P8, published=4), False),
        (OLDEST_BOUNDARY, "10", SearchResult(P8, None, P8, published=3), True),
        (OLDEST_BOUNDARY, "TRIM_HORIZON", SearchResult(P8, None, P8), True),
        (AtTime(540), "SHARD_END", SearchResult(P8, P8, P9, published=3), False),
        (AtTime(540), "10", SearchResult(P8, P8, P9, published=2), True),
        (AtTime(600), "9", SearchResult(P8, P9, P10), True),
        (AtTime(660), "9", SearchResult(P8, P10, passed=1), True),
        (AtTime(600), "TRIM_HORIZON", SearchResult(P8, P8, passed=1), True),
        (AtTime(1200), "SHARD_END", SearchResult(P8, P11), False),
        (AtSequenceNumber("10"), "11", SearchResult(P8, P9, P10, published=2), False),
        (AtSequenceNumber("10"), "8", SearchResult(P8, P9, P10, passed=1), True),
        (LATEST_BOUNDARY, "TRIM_HORIZON", SearchResult(P8, P11, passed=4), False),
        (LATEST_BOUNDARY, "9", SearchResult(P8, P11, passed=2), False),
        (LATEST_BOUNDARY, "LATEST", SearchResult(P8, P11), False),
    ],
)
def test_a_search_counts_what_is_published_from_the_place_on(
    start_position: StartPosition, checkpoint: str, result: SearchResult, *, is_over: bool
) -> None:
    """It ends at the checkpoint, or goes on where that tells nothing or what is passed counts."""
    assert found(start_position, checkpoint) == (result, is_over)


def test_the_place_is_before_the_first_record_of_the_moment() -> None:
    """Times are about right only: what comes after it comes too, even if older."""
    search = ShardSearch(AtTime(540), "SHARD_END")
    search.see([P8, P9, ShardPosition("10", 8 * 60.0)])

    assert search.result == SearchResult(P8, P8, P9, published=2)


@pytest.mark.parametrize(
    ("start_position", "checkpoint", "result"),
    [
        (LATEST_BOUNDARY, "8", SearchResult(P8, P9, passed=1)),
        (LATEST_BOUNDARY, "TRIM_HORIZON", SearchResult(P8, P9, passed=2)),
        (AtSequenceNumber("99"), "8", SearchResult(P8, P9, passed=1)),
        (OLDEST_BOUNDARY, "LATEST", SearchResult(P8, None, P8, published=3)),
        (AtTime(600), "SHARD_END", SearchResult(P8, P9, P10, published=1)),
    ],
)
def test_a_search_ends_at_the_first_record_made_after_it_was_asked_for(
    start_position: StartPosition, checkpoint: str, result: SearchResult
) -> None:
    """A busy shard has no other end. Nothing later is skipped, and what comes again is found."""
    search = ShardSearch(start_position, checkpoint, asked_at=9 * 60.0)
    search.see([P8, P9, P10, P11])

    assert (search.result, search.is_over) == (result, True)


def test_a_shard_without_records_has_nothing() -> None:
    """No record, no place."""
    search = ShardSearch(AtTime(540), "SHARD_END")
    search.see([])

    assert (search.result, search.is_over) == (SearchResult(), False)


@pytest.mark.parametrize(
    ("checkpoint", "seen", "max_empty_pages"),
    [("9", [P8], 100), ("9", [P8, P9], 5), ("9", [P10], 5), ("TRIM_HORIZON", [], 5)],
)
def test_a_shard_is_read_on_where_the_checkpoint_must_follow(
    checkpoint: str, seen: list[ShardPosition], max_empty_pages: int
) -> None:
    """It is a record's; once it or a later one was met, nothing need follow."""
    search = ShardSearch(AtTime(1200), checkpoint)
    search.see(seen)

    assert search.max_empty_pages == max_empty_pages


def test_it_is_noticed_whether_the_stream_tells_seconds() -> None:
    """DynamoDB does; some emulators tell whole minutes."""
    whole, fine = (
        ShardSearch(OLDEST_BOUNDARY, "SHARD_END"),
        ShardSearch(OLDEST_BOUNDARY, "SHARD_END"),
    )
    whole.see(ALL)
    fine.see([P8, ShardPosition("9", 541.0), P10])

    assert (whole.result.tells_seconds, fine.result.tells_seconds) == (False, True)

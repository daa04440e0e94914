"""Looking for the record with which a replay begins."""

import pytest

from consumer.core.origins import LATEST_EDGE, OLDEST_EDGE, Moment, Number, Origin
from consumer.core.searches import Finding, Search
from consumer.core.shards import Position

# Numbers that would stand in another order as texts.
P8, P9, P10, P11 = (Position(str(number), float(number)) for number in (8, 9, 10, 11))
ALL = [P8, P9, P10, P11]


def found(origin: Origin, checkpoint: str) -> tuple[Finding, bool]:
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
        (OLDEST_EDGE, "SHARD_END", Finding(P8, None, P8, published=4), False),
        (OLDEST_EDGE, "LATEST", Finding(P8, None, P8, published=4), False),
        (OLDEST_EDGE, "10", Finding(P8, None, P8, published=3), True),
        (OLDEST_EDGE, "TRIM_HORIZON", Finding(P8, None, P8), True),
        (Moment(9), "SHARD_END", Finding(P8, P8, P9, published=3), False),
        (Moment(9), "10", Finding(P8, P8, P9, published=2), True),
        (Moment(10), "9", Finding(P8, P9), True),
        (Moment(10), "TRIM_HORIZON", Finding(P8, P8, passed=1), True),
        (Moment(20), "SHARD_END", Finding(P8, P11), False),
        (Number("10"), "11", Finding(P8, P9, P10, published=2), False),
        (Number("10"), "8", Finding(P8, P9, P10, passed=1), True),
        (LATEST_EDGE, "TRIM_HORIZON", Finding(P8, P11, passed=4), False),
        (LATEST_EDGE, "9", Finding(P8, P11, passed=2), False),
        (LATEST_EDGE, "LATEST", Finding(P8, P11), False),
    ],
)
def test_a_search_counts_what_is_published_from_the_place_on(
    origin: Origin, checkpoint: str, finding: Finding, *, is_over: bool
) -> None:
    """It ends at the checkpoint, or goes on where that tells nothing or what is passed counts."""
    assert found(origin, checkpoint) == (finding, is_over)


def test_the_place_is_before_the_first_record_of_the_moment() -> None:
    """Times are about right only: what comes after it comes too, even if older."""
    search = Search(Moment(9), "SHARD_END")
    search.see([P8, P9, Position("10", 8.0)])

    assert search.finding == Finding(P8, P8, P9, published=2)


def test_a_shard_without_records_has_nothing() -> None:
    """No record, no place."""
    search = Search(Moment(9), "SHARD_END")
    search.see([])

    assert (search.finding, search.is_over) == (Finding(), False)

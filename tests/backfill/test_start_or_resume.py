"""A backfill begins anew, goes on, or is refused with a line for each reason."""

from dataclasses import replace

import pytest

from consumer.backfill.request import DEFAULT_SEGMENTS, BackfillRequest
from consumer.backfill.start_or_resume import RefusedError, Target, choose
from consumer.backfill.state import Backfill, SavedBackfill, ScanPosition
from consumer.publishing.snapshots import Run

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
TARGET = Target("orders", "id-1", TOPIC, None)
NOW = 1_700_000_100
HALF = SavedBackfill(
    Backfill("orders", "id-1", TOPIC, Run(1_700_000_000), (ScanPosition(),) * 2), None
)
_ENDED = (ScanPosition("1" + "0" * 20, None, is_ended=True),)
WHOLE = SavedBackfill(replace(HALF.backfill, positions=_ENDED), None)


@pytest.mark.parametrize("saved", [None, WHOLE])
def test_the_first_and_one_after_an_ended_one_begin(saved: SavedBackfill | None) -> None:
    """At the beginning of each segment."""
    begun = choose(saved, BackfillRequest.BEGIN, TARGET, NOW)

    assert begun.run == Run(NOW)
    assert begun.positions == (ScanPosition(),) * DEFAULT_SEGMENTS


def test_an_unfinished_one_is_not_forgotten() -> None:
    """Somebody must say what is to become of it."""
    with pytest.raises(RefusedError, match="unfinished, with 0 items published; say --resume"):
        choose(HALF, BackfillRequest.BEGIN, TARGET, NOW)
    assert choose(HALF, BackfillRequest.RESUME, replace(TARGET, segments=2), NOW) == HALF.backfill
    assert choose(HALF, BackfillRequest.RESTART, replace(TARGET, segments=7), NOW).positions == (
        (ScanPosition(),) * 7
    )


def test_two_runs_have_two_names() -> None:
    """However soon the second one comes."""
    assert choose(HALF, BackfillRequest.RESTART, TARGET, 1_700_000_000).run == Run(1_700_000_001)


@pytest.mark.parametrize("saved", [None, WHOLE])
def test_what_isn_t_there_can_t_go_on(saved: SavedBackfill | None) -> None:
    """An ended one is over."""
    with pytest.raises(RefusedError, match="no backfill of orders is unfinished"):
        choose(saved, BackfillRequest.RESUME, TARGET, NOW)


def test_every_difference_is_named() -> None:
    """Each with what to do."""
    other = Target("orders", "id-2", f"{TOPIC}-2", 3)
    with pytest.raises(RefusedError) as refused:
        choose(HALF, BackfillRequest.RESUME, other, NOW)

    segments, topic, table = refused.value.mistakes
    assert segments.startswith("--segments 3: the unfinished backfill has 2;")
    assert topic.startswith(f"publisher.topicArn = '{TOPIC}-2': ")
    assert table.startswith("publisher.table = 'orders': was made anew")

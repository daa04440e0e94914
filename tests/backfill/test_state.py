"""How far a backfill has come is kept, and read back as it was."""

import pytest

from consumer.backfill.state import (
    Backfill,
    Owner,
    SavedBackfill,
    ScanPosition,
    ScanPositions,
    from_item,
    state_key,
    to_item,
)
from consumer.publishing.snapshots import Run

TEN = "10" + "0" * 20
BACKFILL = Backfill(
    "orders",
    "id-1",
    "arn:aws:sns:eu-west-1:123456789012:changes",
    Run(1_700_000_000),
    (
        ScanPosition(TEN, {"id": {"S": "x"}, "b": {"B": b"\xff"}}),
        ScanPosition(TEN, {"id": {"S": "y"}}, is_ended=True),
        ScanPosition(),
    ),
)

STRANGE = {**to_item(SavedBackfill(BACKFILL, None)), "beganAt": {"N": "on the 17th"}}


@pytest.mark.parametrize("owner", [None, Owner("token", "a host", 7)])
def test_what_is_kept_is_read_back(owner: Owner | None) -> None:
    """With and without somebody at work on it."""
    saved = SavedBackfill(BACKFILL, owner)

    assert from_item(to_item(saved)) == saved
    assert to_item(saved).items() >= state_key("orders").items()


def test_a_backfill_is_ended_when_all_its_segments_are() -> None:
    """And has as many items as they have."""
    assert (BACKFILL.items, BACKFILL.is_ended) == (20, False)
    ended = Backfill("orders", "", "", Run(0), (ScanPosition(TEN, None, is_ended=True),))
    assert ended.is_ended


@pytest.mark.parametrize("item", [{}, {"table": {"N": "17"}}, {"table": None}, STRANGE])
def test_something_else_under_the_key_is_named(item: dict[str, object]) -> None:
    """Rather than taken for a beginning; its values are nobody's business."""
    with pytest.raises(ValueError, match="a backfill that is none; it") as refused:
        from_item(item)

    assert "17" not in str(refused.value)


def test_a_position_moves_to_what_is_published() -> None:
    """With the keys after which the scan goes on."""
    positions = ScanPositions(ScanPosition())
    for number in ("1", "2", "3"):
        positions.read(number, {"id": {"S": number}})
    assert positions.keys_of("3") == {"id": {"S": "3"}}
    assert positions.keys_of("4") is None
    positions.checkpoint("2")
    assert positions.position == ScanPosition("2", {"id": {"S": "2"}})
    positions.checkpoint("2")
    positions.checkpoint("3")
    positions.checkpoint_shard_end()

    assert positions.position == ScanPosition("3", {"id": {"S": "3"}}, is_ended=True)

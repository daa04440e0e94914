"""Changes written against changes that arrived."""

from collections.abc import Sequence

import pytest

from tests.streams.items import Items, identify
from tests.streams.ledger import Ledger

Change = tuple[str, int]
A1, A2, A3, B1 = ("a", 1), ("a", 2), ("a", 3), ("b", 1)


def a_ledger(written: Sequence[Change], arrived: Sequence[Change]) -> Ledger:
    """A ledger with these changes."""
    ledger = Ledger()
    for change in written:
        ledger.write(*change)
    for change in arrived:
        ledger.receive(*change)
    return ledger


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        ([A1, A2, B1, A3], {"delivered": 4}),
        ([A1, A3, B1], {"delivered": 3, "lost": 1, "out_of_order": 0}),
        ([A1, A3, B1, A2], {"delivered": 4, "out_of_order": 1}),
        ([A3, A2, A1, B1], {"delivered": 4, "out_of_order": 2}),
        ([A1, A2, A1, A2, A3, B1], {"delivered": 4, "duplicates": 2, "out_of_order": 0}),
        ([A2, A1, A2, A3, B1], {"delivered": 4, "duplicates": 1, "out_of_order": 1}),
        ([B1, ("c", 1), ("a", 9)], {"delivered": 1, "lost": 3, "foreign": 2}),
        ([], {"lost": 4}),
    ],
    ids=["all", "lost", "overtaken", "reversed", "again", "again later", "foreign", "nothing"],
)
def test_every_change_is_accounted_for(arrived: Sequence[Change], expected: dict[str, int]) -> None:
    """Only first arrivals count for an item's order."""
    ledger = a_ledger([A1, A2, A3, B1], arrived)
    nothing = {"delivered": 0, "lost": 0, "duplicates": 0, "out_of_order": 0, "foreign": 0}

    assert ledger.balance().to_json() == {"written": 4, **nothing, **expected}
    assert ledger.is_complete == (ledger.balance().lost == 0)


def test_what_is_lost_can_be_named() -> None:
    """A few of them."""
    many = [("a", version) for version in range(1, 100)]

    assert a_ledger(many, many[5:]).some_lost() == many[:5]
    assert len(a_ledger(many, []).some_lost()) == 10


def test_an_entry_of_a_message_tells_item_and_version() -> None:
    """A removal too, which has no new image: it is the version after the one that it removes."""
    items = Items()
    made = [items.write("a"), items.write("a"), items.remove("a"), items.write("a")]
    entries = [{"newImage": change.new_image, "oldImage": change.old_image} for change, _ in made]

    assert [identify(entry) for entry in entries] == [("a", version) for _, version in made]
    assert [version for _, version in made] == [1, 2, 3, 4]
    assert [change.event_name for change, _ in made] == ["INSERT", "MODIFY", "REMOVE", "INSERT"]

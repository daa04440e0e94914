"""What was written against what arrived."""

from itertools import pairwise

import pytest

from consumer.demo.changes import plan_changes
from consumer.demo.comparison import compare

WRITTEN = list(plan_changes(37))
ARRIVED = [change.to_entry() for change in WRITTEN]


def test_everything_as_written_is_faithful() -> None:
    """Order among items doesn't matter, order within an item does."""
    compared = compare(WRITTEN, ARRIVED)

    assert (compared.delivered, compared.lost, compared.duplicates) == (37, 0, 0)
    assert compared.is_faithful


def test_a_missing_change_is_lost() -> None:
    """Each is accounted for by itself."""
    compared = compare(WRITTEN, ARRIVED[:5] + ARRIVED[6:])

    assert (compared.delivered, compared.lost) == (36, 1)
    assert not compared.is_faithful


def test_a_repeat_is_counted_and_harmless() -> None:
    """At least once was promised."""
    compared = compare(WRITTEN, ARRIVED + ARRIVED[3:5])

    assert (compared.delivered, compared.duplicates) == (37, 2)
    assert compared.is_faithful


def test_a_change_told_differently_is_lost_and_foreign() -> None:
    """Number for number, letter for letter."""
    told = {**ARRIVED[0], "newImage": {**ARRIVED[0]["newImage"], "amount": {"N": "0.0"}}}
    compared = compare(WRITTEN, [told, *ARRIVED[1:]])

    assert (compared.lost, compared.foreign) == (1, 1)
    assert not compared.is_faithful


def test_an_overtaken_change_is_out_of_order() -> None:
    """Only against changes of the same item."""
    places = [place for place, change in enumerate(WRITTEN) if change.item_id == "order-00000"]
    swapped = ARRIVED[:]
    swapped[places[0]], swapped[places[1]] = swapped[places[1]], swapped[places[0]]
    compared = compare(WRITTEN, swapped)

    assert (compared.lost, compared.out_of_order) == (0, 1)
    assert not compared.is_faithful


def test_a_repeat_of_an_earlier_change_is_not_out_of_order() -> None:
    """After a crash a batch comes again, old changes behind new ones."""
    assert compare(WRITTEN, ARRIVED + ARRIVED).out_of_order == 0


@pytest.mark.parametrize("count", [1, 7, 37, 500])
def test_the_plan_makes_sense(count: int) -> None:
    """Of each item: inserted, then updated from what it was, then removed as it was."""
    changes = list(plan_changes(count))
    assert len(changes) == count
    for item_id in {change.item_id for change in changes}:
        history = [change for change in changes if change.item_id == item_id]
        assert history[0].event_name == "INSERT"
        assert all(
            after.old_image == before.new_image is not None for before, after in pairwise(history)
        )


def test_the_plan_has_every_kind_of_change() -> None:
    """And no two changes alike."""
    assert {change.event_name for change in WRITTEN} == {"INSERT", "MODIFY", "REMOVE"}
    assert compare(WRITTEN, []).lost == 37

"""A change on one line: event, key, what has changed, delay."""

from typing import Any

import pytest

from consumer.terminal.change_text import Filter, changes_text, delay_text, key_text

OLD = {"id": {"S": "order-7"}, "amount": {"N": "10"}, "note": {"S": "x"}}
NEW = {"id": {"S": "order-7"}, "amount": {"N": "12.50"}, "paid": {"BOOL": True}}
KEYS = {"id": {"S": "order-7"}}


def entry(event: str, old: Any, new: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """An entry of a message."""
    return {"eventName": event, "oldImage": old, "newImage": new, **more}


@pytest.mark.parametrize(
    ("change", "key", "text"),
    [
        (entry("MODIFY", OLD, NEW), "id=order-7", "amount 10 → 12.50, -note, +paid=true"),
        (
            entry("MODIFY", {"id": "a", "n": 1}, {"id": "a", "n": 2}, keys={"id": "a"}),
            "id=a",
            "n 1 → 2",
        ),
        (entry("INSERT", None, NEW), "", "id=order-7, amount=12.50, paid=true"),
        (entry("INSERT", None, NEW, keys=KEYS), "id=order-7", "amount=12.50, paid=true"),
        (entry("REMOVE", OLD, None, keys=KEYS), "id=order-7", "amount=10, note=x"),
        (entry("REMOVE", None, None, keys=KEYS), "id=order-7", ""),
        ({"eventName": "REMOVE"}, "", ""),
    ],
)
def test_a_change_is_told_by_its_key_and_what_differs(
    change: dict[str, Any], key: str, text: str
) -> None:
    """Of an insert and a remove the whole item; plain images look the same."""
    assert (key_text(change), changes_text(change)) == (key, text)


def test_the_delay_is_from_the_change_to_sns() -> None:
    """A change's time is a whole second; a clock that is behind makes no delay below none."""
    assert delay_text({"time": 1_769_860_800_000}, 1_769_860_800.4) == "+0.4 s"
    assert delay_text({"time": 1_769_860_800_000}, 1_769_860_799.4) == "+0.0 s"
    assert delay_text({}, 1_769_860_800.4) == ""


def test_a_filter_takes_events_and_text() -> None:
    """Both must fit; without either, everything does."""
    change = entry("MODIFY", OLD, NEW)

    assert Filter().takes(change)
    assert Filter(frozenset({"MODIFY"}), "12.50").takes(change)
    assert not Filter(frozenset({"REMOVE"}), "12.50").takes(change)
    assert not Filter(frozenset({"MODIFY"}), "order-8").takes(change)

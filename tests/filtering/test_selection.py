"""Which changes are published, and what of them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from consumer.filtering.paths import read_paths
from consumer.filtering.pattern import read_patterns
from consumer.filtering.projection import Mask, Projection
from consumer.filtering.selection import Selection, Verdict
from consumer.publishing.errors import RecordError
from consumer.publishing.records import ChangeRecord, RawRecord, decode_record
from tests.builders import a_document, a_record

OPEN = read_patterns('{"dynamodb": {"NewImage": {"status": {"S": ["open"]}}}}')
INSERTS = read_patterns('{"eventName": ["INSERT"]}')
PRICE = Selection(changed=read_paths("price, lines.price"))


def a_modify(old: dict[str, Any], new: dict[str, Any]) -> ChangeRecord:
    """A MODIFY with these images."""
    document = a_document(1)
    document["dynamodb"] |= {"NewImage": new, "OldImage": old}
    return decode_record(RawRecord("1", json.dumps(document).encode()))


def stays(selection: Selection, record: ChangeRecord) -> bool:
    """Whether a record is published; the verdict says the same."""
    selected = selection.select(record) is not None
    assert selection.verdict(record).stays is selected
    return selected


def test_every_record_stays_by_default() -> None:
    """The very record."""
    record = a_record(1)

    assert Selection().select(record) is record
    assert Selection().is_all
    assert Selection().verdict(record) == Verdict(stays=True, reason="nothing filters it out")


def test_one_of_several_patterns_must_match() -> None:
    """They are alternatives."""
    both = Selection(patterns=(*OPEN, *INSERTS))

    assert stays(both, a_record(1, "INSERT"))
    assert stays(both, a_modify({}, {"status": {"S": "open"}}))
    assert not stays(both, a_record(1))
    assert both.verdict(a_record(1)).reason == (
        'pattern 1: dynamodb.NewImage.status.S is not there, and "open" is wanted; '
        'pattern 2: eventName is "MODIFY", and "INSERT" is wanted'
    )
    assert both.verdict(a_record(1, "INSERT")).reason == "publisher.filter matches"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"price": {"N": "1"}}, {"price": {"N": "2"}}, True),
        ({"price": {"N": "1"}}, {}, True),
        ({"price": {"N": "1"}, "a": {"S": "x"}}, {"price": {"N": "1"}, "a": {"S": "y"}}, False),
        ({"price": {"NS": ["1", "2"]}}, {"price": {"NS": ["2", "1"]}}, False),
        (
            {"lines": {"L": [{"M": {"price": {"N": "1"}}}]}},
            {"lines": {"L": [{"M": {"price": {"N": "1"}}}, {"M": {"price": {"N": "2"}}}]}},
            True,
        ),
        ({"a": {"S": "x"}}, {"a": {"S": "y"}}, False),
        ({}, {"price": {"N": "1"}}, True),
    ],
)
def test_a_modify_must_change_one_of_the_attributes(old: Any, new: Any, expected: bool) -> None:  # noqa: ANN401, FBT001
    """If any are named."""
    both = [{"id": {"S": "1"}, **image} for image in (old, new)]

    assert stays(PRICE, a_modify(*both)) is expected


@pytest.mark.parametrize("event_name", ["INSERT", "REMOVE"])
def test_other_changes_need_no_change_of_an_attribute(event_name: str) -> None:
    """Nor does a MODIFY of a stream that has only one image."""
    assert stays(PRICE, a_record(1, event_name))
    assert stays(PRICE, replace(a_record(1), old_image=None))
    assert stays(replace(PRICE, drops_unchanged=True), replace(a_record(1), new_image=None))


def test_a_modify_goes_if_nothing_is_left_that_has_changed() -> None:
    """What images don't carry doesn't count."""
    record = a_modify({"a": {"SS": ["x", "y"]}, "b": {"S": "1"}}, {"a": {"SS": ["y", "x"]}})
    without_b = Projection(exclude=read_paths("b"))

    assert stays(Selection(drops_unchanged=True), record)
    assert stays(Selection(projection=without_b), record)
    dropped = Selection(projection=without_b, drops_unchanged=True)
    assert not stays(dropped, record)
    assert dropped.verdict(record).reason == "nothing has changed in what is left of it"
    assert PRICE.verdict(record).reason == "none of publisher.changedAttributes has changed"


def test_filters_see_the_whole_record() -> None:
    """Whatever images carry."""
    hidden = Projection(exclude=read_paths("status"))
    record = a_modify({}, {"id": {"S": "1"}, "status": {"S": "open"}})
    selected = Selection(patterns=OPEN, projection=hidden).select(record)

    assert selected
    assert (selected.new_image, selected.old_image) == ({"id": {"S": "1"}}, None)
    assert selected.data == record.data


def test_a_masked_key_still_tells_items_apart() -> None:
    """Their changes must not overtake each other."""
    mask = Mask(read_paths("id"), b"0123456789abcdef")
    selection = Selection(projection=Projection(mask=mask))
    first, again, other = (selection.select(a_record(number)) for number in (1, 1, 2))

    assert first
    assert again
    assert other
    assert first.item == again.item != other.item
    assert "item-1" not in json.dumps([first.keys, first.new_image, first.old_image])


def test_what_cant_be_compared_or_masked_is_a_record_error() -> None:
    """An operator finds it by its number."""
    depth = 300
    deep: Any = {}
    for _ in range(depth):
        deep = {"M": {"a": deep}}
    record = replace(a_record(7), new_image={"a": deep})
    mask = Projection(mask=Mask(read_paths("a"), b"0123456789abcdef"))

    for selection in (Selection(projection=mask), Selection(changed=read_paths("a"))):
        with pytest.raises(RecordError, match="record 7: not DynamoDB JSON"):
            selection.select(record)
    with pytest.raises(RecordError, match="record 7: not DynamoDB JSON"):
        Selection(changed=read_paths("a")).verdict(record)
    with pytest.raises(RecordError, match="record 7: not DynamoDB JSON"):
        Selection(projection=mask).projected(record)


def test_a_redriven_record_is_projected_and_not_filtered() -> None:
    """It was let pass already."""
    selection = Selection(
        patterns=INSERTS, changed=read_paths("x"), projection=Projection(read_paths("amount"))
    )
    projected = selection.projected(a_record(1))

    assert projected.new_image == {"id": {"S": "item-1"}, "amount": {"N": "1.10"}}
    assert not stays(selection, a_record(1))

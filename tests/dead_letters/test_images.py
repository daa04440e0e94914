"""Keys and images of a dead letter, as far as its text has them."""

import json
from typing import Any

import pytest

from consumer.dead_letters.images import Attribute, attributes_of, keys_of, keys_text

KEYS = {"id": {"S": "order-9"}}


def text_of(record: Any) -> str:  # noqa: ANN401 - any JSON value
    """A dead letter's text with this record."""
    return json.dumps({"record": record})


@pytest.mark.parametrize(
    "record",
    [
        {"json": {"dynamodb": {"Keys": KEYS}}},
        {"keys": KEYS},
    ],
)
def test_keys_are_read_from_the_record_or_beside_it(record: Any) -> None:  # noqa: ANN401
    """A record that is too large for the queue leaves its keys there."""
    assert keys_of(text_of(record)) == KEYS


@pytest.mark.parametrize(
    "text",
    [
        "not JSON",
        "[]",
        "{}",
        text_of(None),
        text_of({"json": [1]}),
        text_of({"json": {"dynamodb": 7}}),
        text_of({"json": {"dynamodb": {"Keys": 7, "NewImage": 7}}}),
        text_of({"s3": {"bucket": "b", "key": "k"}}),
    ],
)
def test_what_has_no_keys_says_so(text: str) -> None:
    """Anybody may send anything to a queue."""
    assert (keys_of(text), attributes_of(text)) == (None, [])
    assert keys_text(keys_of(text)) == "keys not in the queue"


def test_attributes_stand_side_by_side() -> None:
    """Each with its old and its new value, by name."""
    change = {"OldImage": {"b": {"N": "1"}, "a": {"S": "x"}}, "NewImage": {"b": {"N": "2"}}}

    assert attributes_of(text_of({"json": {"dynamodb": change}})) == [
        Attribute("a", '{"S":"x"}', ""),
        Attribute("b", '{"N":"1"}', '{"N":"2"}'),
    ]
    assert keys_text(KEYS) == "id=order-9"

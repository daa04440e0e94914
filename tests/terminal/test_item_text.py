"""Attributes as a person reads them."""

from typing import Any

import pytest

from consumer.terminal.item_text import attributes_text, value_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"S": "ção"}, "ção"),
        ({"N": "12.50"}, "12.50"),
        ({"BOOL": True}, "true"),
        ({"NULL": True}, "null"),
        ({"L": [{"N": "1"}, {"M": {"a": {"S": "x"}}}]}, '["1", {"a": "x"}]'),
        ({"SS": ["a", "b"]}, '["a", "b"]'),
        ("plain", "plain"),
        (7, "7"),
        ({"two": 1, "members": 2}, '{"two": 1, "members": 2}'),
    ],
)
def test_a_value_is_shown_without_dynamodbs_types(value: Any, text: str) -> None:  # noqa: ANN401
    """Plain JSON looks the same."""
    assert value_text(value) == text


def test_keys_are_names_and_values() -> None:
    """One after the other."""
    assert attributes_text({"id": {"S": "a"}, "n": {"N": "1"}}) == "id=a, n=1"

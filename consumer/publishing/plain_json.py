"""DynamoDB JSON as plain JSON, with every digit of every number."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from consumer.publishing.records import Image


def plain_image(image: Image) -> dict[str, Any]:
    """Return the item as plain JSON values; binary stays base64 text, sets become lists.

    Raises:
        ValueError: An attribute has a type that DynamoDB doesn't know.
    """
    return {name: _plain(value) for name, value in image.items()}


def _plain(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    ((kind, value),) = attribute.items()
    try:
        return _CONVERTERS[kind](value)
    except KeyError:
        raise ValueError(f"unknown attribute type {kind!r}") from None


def _number(text: str) -> orjson.Fragment:
    """Return the number as a JSON literal: a float would round what DynamoDB keeps exactly."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("an attribute of type N is no number") from None
    if not number.is_finite():
        raise ValueError("an attribute of type N is not finite")
    return orjson.Fragment(str(number))


def _same(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    return value


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    "S": _same,
    "B": _same,
    "BOOL": _same,
    "NULL": lambda _: None,
    "N": _number,
    "SS": _same,
    "BS": _same,
    "NS": lambda values: [_number(value) for value in values],
    "L": lambda values: [_plain(value) for value in values],
    "M": plain_image,
}

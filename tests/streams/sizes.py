"""How large DynamoDB counts an item to be."""

from collections.abc import Callable, Mapping
from typing import Any

from consumer.publishing.records import Image

_DOCUMENT_OVERHEAD = 3
_DIGITS_PER_BYTE = 2
_BASE64_CHARACTERS, _BASE64_BYTES = 4, 3


def item_size(image: Image) -> int:
    """Return the bytes of all names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in image.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    return _SIZES[kind](content)


def _text(content: str) -> int:
    return len(content.encode())


def _number(content: str) -> int:
    """Two digits take a byte, on each side of the point; the exponent one, and a sign one."""
    if not content.strip("-0."):
        return 1
    whole, _, fraction = content.lstrip("-").lstrip("0").partition(".")
    digits = -(-len(whole) // _DIGITS_PER_BYTE) - (-len(fraction) // _DIGITS_PER_BYTE)
    return digits + 1 + content.startswith("-")


def _binary(content: str) -> int:
    padding = content.count("=")
    return len(content) // _BASE64_CHARACTERS * _BASE64_BYTES - padding


def _list(content: list[Mapping[str, Any]]) -> int:
    return _DOCUMENT_OVERHEAD + sum(1 + _value_size(value) for value in content)


def _map(content: Image) -> int:
    return _DOCUMENT_OVERHEAD + len(content) + item_size(content)


_SIZES: Mapping[str, Callable[[Any], int]] = {
    "S": _text,
    "N": _number,
    "B": _binary,
    "BOOL": lambda _content: 1,
    "NULL": lambda _content: 1,
    "L": _list,
    "M": _map,
    "SS": lambda content: sum(map(_text, content)),
    "NS": lambda content: sum(map(_number, content)),
    "BS": lambda content: sum(map(_binary, content)),
}

"""Attributes as bytes: equal ones have equal bytes, in whatever order the stream gives them."""

from collections.abc import Mapping
from typing import Any

import orjson

_SETS = ("SS", "NS", "BS")


def canonical(attribute: object) -> bytes:
    """Return an attribute, or an image, as compact JSON: members and sets are sorted.

    Raises:
        TypeError: It is no JSON value.
    """
    return orjson.dumps(_sorted(attribute), option=orjson.OPT_SORT_KEYS)


def _sorted(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Mapping):
        return {
            name: _set(each) if name in _SETS else _sorted(each) for name, each in value.items()
        }
    return [_sorted(each) for each in value] if isinstance(value, list) else value


def _set(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Sort a set; an attribute that only has such a name is no list of texts."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return sorted(value)
    return _sorted(value)

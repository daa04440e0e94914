"""An item's attributes as a person reads them, from DynamoDB JSON or plain JSON."""

import json
from collections.abc import Mapping
from typing import Any

_TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"})


def value_text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a value: text and numbers as they are, anything else as JSON."""
    bare = _bare(value)
    return bare if isinstance(bare, str) else json.dumps(bare, ensure_ascii=False)


def attributes_text(attributes: Mapping[str, Any]) -> str:
    """Return attributes, such as keys: `id=order-7, number=3`."""
    return ", ".join(f"{name}={value_text(value)}" for name, value in attributes.items())


def _bare(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Take DynamoDB's types away, inside of lists and maps too."""
    if isinstance(value, dict):
        if len(value) == 1 and (kind := next(iter(value))) in _TYPES:
            return None if kind == "NULL" else _bare(value[kind])
        return {name: _bare(each) for name, each in value.items()}
    return [_bare(each) for each in value] if isinstance(value, list) else value

"""Rows of KCL's tables, in DynamoDB JSON."""

from collections.abc import Mapping
from typing import Any

Item = Mapping[str, Any]
"""A row: attribute name to `{"S": "text"}`, `{"N": "1"}`, `{"SS": ["text"]}`, …"""


def attributes(*rows: Item) -> str:
    """Name the attributes of rows that can't be read. An error has no values: they are private."""
    names = ", ".join(sorted({name for row in rows for name in row}))
    return f"its attributes are {names:.200}" if names else "it has no attributes"


def text(item: Item, name: str) -> str | None:
    """Return a text; None if the row has none of this name."""
    return str(item[name]["S"]) if name in item else None


def texts(item: Item, name: str) -> tuple[str, ...]:
    """Return a set of texts, sorted; empty if the row has none of this name."""
    return tuple(sorted(item[name]["SS"])) if name in item else ()


def number(item: Item, name: str) -> int:
    """Return a whole number; 0 if the row has none of this name."""
    return int(item[name]["N"]) if name in item else 0

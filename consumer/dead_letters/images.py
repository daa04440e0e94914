"""What a dead letter says of its item: the keys, and both images."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from consumer.terminal.item_text import attributes_text


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an item, before and after the change.

    Attributes:
        name: Its name.
        old: Its value in the old image, as DynamoDB JSON; empty where it has none.
        new: Its value in the new image, likewise.
    """

    name: str
    old: str
    new: str


def keys_of(text: str) -> Mapping[str, Any] | None:
    """Return the item's keys as DynamoDB JSON; None where a dead letter's text doesn't have them.

    Args:
        text: The dead letter, as it lies in the queue.
    """
    keys = _change(text).get("Keys") or _record(text).get("keys")
    return keys if isinstance(keys, dict) and keys else None


def keys_text(keys: Mapping[str, Any] | None) -> str:
    """Return keys as a person reads them: `id=order-7, number=3`."""
    return "keys not in the queue" if keys is None else attributes_text(keys)


def attributes_of(text: str) -> list[Attribute]:
    """Return all attributes of both images; none where the text has no images."""
    old, new = (_image(text, name) for name in ("OldImage", "NewImage"))
    names = sorted(old.keys() | new.keys())
    return [Attribute(name, _value(old, name), _value(new, name)) for name in names]


def _image(text: str, name: str) -> Mapping[str, Any]:
    image = _change(text).get(name)
    return image if isinstance(image, dict) else {}


def _value(image: Mapping[str, Any], name: str) -> str:
    return orjson.dumps(image[name]).decode() if name in image else ""


def _change(text: str) -> Mapping[str, Any]:
    """The record's member `dynamodb`; empty where it has none."""
    record = _record(text).get("json")
    change = record.get("dynamodb") if isinstance(record, dict) else None
    return change if isinstance(change, dict) else {}


def _record(text: str) -> Mapping[str, Any]:
    try:
        record = orjson.loads(text)["record"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    return record if isinstance(record, dict) else {}

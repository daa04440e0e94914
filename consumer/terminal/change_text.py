"""One change of a message, as a person reads it on one line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consumer.terminal.item_text import attributes_text, value_text

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which changes are shown.

    Attributes:
        events: Names of events; all where none is named.
        text: What a change's text must contain.
    """

    events: frozenset[str] = frozenset()
    text: str = ""

    def takes(self, entry: Entry) -> bool:
        """Whether a change is shown."""
        is_named = not self.events or entry["eventName"] in self.events
        return is_named and self.text in f"{key_text(entry)} {changes_text(entry)}"


def key_text(entry: Entry) -> str:
    """Return the item's keys.

    Without publisher.entryMetadata an entry doesn't name them. Then it is what both images have in
    common, or else the whole item.
    """
    if keys := entry.get("keys"):
        return attributes_text(keys)
    old, new = _images(entry)
    same = {name: value for name, value in new.items() if old.get(name) == value}
    return attributes_text(same if old and new else {})


def changes_text(entry: Entry) -> str:
    """Return what has changed: `amount 10 → 12.50, +paid=true, -note`.

    Of an insert it is what the item has, of a remove what it had.
    """
    old, new = _images(entry)
    if not (old and new):
        keys = entry.get("keys") or {}
        rest = {name: value for name, value in (new or old).items() if name not in keys}
        return attributes_text(rest)
    names = sorted(old.keys() | new.keys())
    return ", ".join(_change(name, old, new) for name in names if old.get(name) != new.get(name))


def delay_text(entry: Entry, sent_seconds: float) -> str:
    """Return how long after the change SNS had the message; empty where the entry has no time.

    Args:
        entry: The change. Its time is a whole second, rounded down.
        sent_seconds: When SNS took the message, in seconds since 1970 UTC.
    """
    millis = entry.get("time")
    if not isinstance(millis, int):
        return ""
    return f"+{max(0.0, sent_seconds - millis / 1000):.1f} s"


def _images(entry: Entry) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    return entry.get("oldImage") or {}, entry.get("newImage") or {}


def _change(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if name not in old:
        return f"+{name}={value_text(new[name])}"
    if name not in new:
        return f"-{name}"
    return f"{name} {value_text(old[name])} → {value_text(new[name])}"

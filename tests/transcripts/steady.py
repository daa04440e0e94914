"""Replaces what differs from run to run: ids, times, ports. Widths stay, so tables do too."""

import re
from collections.abc import Sequence

_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_REPLACED = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", "2026-01-31T12:00:00.000"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "2026-01-31T12:00:00"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "2026-01-31 12:00:00"),
    (r"\b\d\d:\d\d:\d\d\.\d{3}", "12:00:00.000"),
    (r"\b\d\d:\d\d:\d\d(?!\d)", "12:00:00"),
    (r"127\.0\.0\.1:\d{5}\b", "127.0.0.1:45660"),
]

Replacements = Sequence[tuple[str, str]]
"""Patterns, and what stands in place of what they match."""


def steady(text: str, further: Replacements = ()) -> str:
    """Return a text in which ids are numbered, and times and ports are always the same.

    Args:
        text: What was printed.
        further: What else to replace.
    """
    for pattern, replacement in [*further, *_REPLACED]:
        text = re.sub(pattern, replacement, text)
    numbers: dict[str, int] = {}
    return _UUID.sub(lambda found: _numbered(numbers, found[0]), text)


def _numbered(numbers: dict[str, int], uuid: str) -> str:
    number = numbers.setdefault(uuid, len(numbers) + 1)
    return f"00000000-0000-4000-8000-{number:012d}"

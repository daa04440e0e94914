"""Names of attributes, and of what is in them: `customer.address.zip`.

A path goes through maps by name, and through a list into each of its members. A name with a dot, a
comma, a quote or a space stands in double quotes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Path = tuple[str, ...]
"""The names from an item's attribute down."""

_STEP = re.compile(r'"(?P<quoted>[^"]+)"|(?P<plain>[^.,"\s]+)')
_END = re.compile(r"\s*(?P<mark>[.,]|$)\s*")


def read_paths(text: str) -> tuple[Path, ...]:
    """Read paths that are separated by commas.

    Raises:
        ValueError: The text is no such list; it says where.
    """
    paths: list[Path] = []
    steps: list[str] = []
    for step, mark in _steps(text):
        steps.append(step)
        if mark != ".":
            paths.append(tuple(steps))
            steps = []
    return tuple(paths)


def _steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield each name, with the mark behind it; an empty one at the end."""
    position, mark = len(text) - len(text.lstrip()), ","
    while mark:
        step = _STEP.match(text, position)
        end = _END.match(text, step.end()) if step else None
        if step is None or end is None:
            raise ValueError(f"has no name at character {position + 1}; write one such as a, b.c")
        yield step["quoted"] or step["plain"], end["mark"]
        position, mark = end.end(), end["mark"]


def values_at(image: Mapping[str, Any], path: Path) -> list[Any]:
    """Return the attributes that a path leads to, none where it leads nowhere."""
    found: Sequence[Any] = [{"M": image}]
    for name in path:
        maps = [each for attribute in found for each in _maps(attribute)]
        found = [each[name] for each in maps if name in each]
    return list(found)


def _maps(attribute: object) -> Iterator[Mapping[str, Any]]:
    """Yield the map that an attribute is, or those in its list."""
    match attribute:
        case {"M": dict() as members}:
            yield members
        case {"L": list() as members}:
            for member in members:
                yield from _maps(member)

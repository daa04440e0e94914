"""Whether a record matches a pattern, and if not, why.

Where the record has a list, one of its members must match. An object has no value, so what is
wanted in its place is absent. What a pattern wants absent from a list must be absent from all its
members; or from the one that matches, if the pattern wants something of a member before, in the
order of names. So Lambda does it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from consumer.filtering.pattern import Leaf, Pattern

_Object = Mapping[str, Any]

_LONGEST = 60
"""Characters of a value that an explanation shows."""

_NOTHING: _Object = {}
"""Stands for what is not there: like an object in the place of a value, it has no value."""


def matches(pattern: Pattern, record: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a record, or a part of it, has what a pattern wants.

    Args:
        pattern: The pattern.
        record: The record as JSON reads it.
    """
    objects = list(_objects(record))
    return any(_holds(pattern, each, objects) for each in objects)


def why_not(pattern: Pattern, record: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return in words the first place where a record doesn't have what a pattern wants."""
    objects = list(_objects(record))
    for name, node in pattern.members:
        values = [each.get(name, _NOTHING) for each in objects]
        value = values[0] if len(values) == 1 else values
        if isinstance(node, Pattern) and not matches(node, value):
            return why_not(node, value)
        if isinstance(node, Leaf) and not _accepts(node, value, ()):
            return _unaccepted(node, value)
    either = " or ".join(
        f"({why_not(each, record)})" for group in pattern.alternatives for each in group
    )
    return f"no member of $or matches: {either}" if either else "no member of a list has all of it"


def _holds(pattern: Pattern, part: _Object, around: Sequence[_Object]) -> bool:
    """Whether a part of a record matches.

    Args:
        pattern: The pattern.
        part: An object.
        around: The members of its list, where it is in one; else itself.
    """
    for name, node in pattern.members:
        value = part.get(name, _NOTHING)
        beside = [each.get(name, _NOTHING) for each in around] if len(around) > 1 else (value,)
        if isinstance(node, Leaf):
            if not _accepts(node, value, beside):
                return False
        elif not _holds_in_one(node, value, beside):
            return False
        if node.needs_value:
            around = (part,)
    return all(any(_holds(each, part, around) for each in group) for group in pattern.alternatives)


def _holds_in_one(pattern: Pattern, value: object, beside: Sequence[object]) -> bool:
    around = [each for one in beside for each in _objects(one)]
    return any(_holds(pattern, each, around) for each in _objects(value))


def _objects(value: object) -> Iterator[_Object]:
    """Yield the object that a value is, or those in its list; an empty one where there is none."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list) and value:
        for each in value:
            yield from _objects(each)
    else:
        yield _NOTHING


def _accepts(leaf: Leaf, value: object, beside: Sequence[object]) -> bool:
    values = list(_values(value))
    if values:
        return any(comparison.accepts(each) for comparison in leaf.comparisons for each in values)
    return leaf.accepts_absence and not any(True for each in beside for _ in _values(each))


def _values(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for each in value:
            yield from _values(each)
    elif not isinstance(value, dict):
        yield value


def _unaccepted(leaf: Leaf, value: object) -> str:
    wanted = " or ".join(comparison.words for comparison in leaf.comparisons)
    found = [json.dumps(each, ensure_ascii=False) for each in _values(value)]
    shown = ", ".join(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in found)
    return f"{leaf.place} is {shown or 'not there'}, and {wanted} is wanted"

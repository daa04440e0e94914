"""Patterns: which records are wanted, in the words of Lambda's event filtering.

A pattern has the form of the record. Its members must all match, a list's members are alternatives,
and several patterns are alternatives, too.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from consumer.filtering.operators import Comparison, read_comparison
from consumer.filtering.record_places import Place, known_names, place_below

OR = "$or"
"""The member whose list has patterns of which one must match."""

_LEAST_ALTERNATIVES = 2
_DEEPEST = 100
_NUMBER_TEXTS = frozenset({"N", "NS"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a pattern has a list: one of its comparisons must accept a value.

    Attributes:
        place: Where that is, for a reader.
        comparisons: The list's members.
        accepts_absence: Whether it matches where there is no value.
        needs_value: Whether it doesn't.
    """

    place: str
    comparisons: tuple[Comparison, ...]
    accepts_absence: bool = field(init=False)
    needs_value: bool = field(init=False)

    def __post_init__(self) -> None:
        accepts_absence = any(comparison.accepts_absence for comparison in self.comparisons)
        object.__setattr__(self, "accepts_absence", accepts_absence)
        object.__setattr__(self, "needs_value", not accepts_absence)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where a pattern has an object: all members must match.

    Attributes:
        members: What must match below each name, in the order of names.
        alternatives: For each `$or`, patterns of which one must match here.
        needs_value: Whether it matches only where there is a value.
    """

    members: tuple[tuple[str, "Pattern | Leaf"], ...]
    alternatives: tuple[tuple["Pattern", ...], ...] = ()
    needs_value: bool = field(init=False)

    def __post_init__(self) -> None:
        needs_value = any(node.needs_value for _, node in self.members)
        object.__setattr__(self, "needs_value", needs_value)


class PatternError(ValueError):
    """A text holds no patterns.

    Args:
        mistakes: What is wrong, with its place, one line each.
    """

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)


def read_patterns(text: str) -> tuple[Pattern, ...]:
    """Read a pattern, a list of patterns, or Lambda's FilterCriteria.

    Raises:
        PatternError: It is none of these; with every mistake.
    """
    documents = _documents(_parsed(text))
    reader = _Reader()
    patterns = [
        reader.pattern(document, f"pattern {number}: " if len(documents) > 1 else "")
        for number, document in enumerate(documents, start=1)
    ]
    if reader.mistakes:
        raise PatternError(reader.mistakes)
    return tuple(patterns)


def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(
            text,
            parse_int=Decimal,
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_merged,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise PatternError([f"is not JSON ({error.msg} at {where}); write a pattern"]) from None
    except RecursionError:
        raise PatternError(["is nested too deeply"]) from None


def _no_constant(name: str) -> None:
    raise PatternError([f"{name} is no number of JSON"])


def _merged(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a name that is there twice both members count, as in Lambda."""
    merged: dict[str, Any] = {}
    for name, value in pairs:
        old = merged.get(name)
        if name in merged and not (isinstance(old, dict) and isinstance(value, dict)):
            raise PatternError([f"{name} is there twice; write it once"])
        merged[name] = value if old is None else _merged([*old.items(), *value.items()])
    return merged


def _documents(document: Any) -> Sequence[Any]:  # noqa: ANN401 - any JSON value
    if isinstance(document, Mapping) and "Filters" in document:
        return [_pattern_of(each) for each in _list(document["Filters"], "Filters")]
    return _list(document, "the list") if isinstance(document, list) else [document]


def _list(document: Any, name: str) -> Sequence[Any]:  # noqa: ANN401 - any JSON value
    if not isinstance(document, list) or not document:
        raise PatternError([f"{name} has no pattern; write one, or remove the setting"])
    return document


def _pattern_of(member: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return the pattern of a FilterCriteria's filter: there it is JSON inside of a text."""
    if not isinstance(member, Mapping) or list(member) != ["Pattern"]:
        raise PatternError(['Filters has a member that is no {"Pattern": …}'])
    pattern = member["Pattern"]
    return _parsed(pattern) if isinstance(pattern, str) else pattern


class _Reader:
    """Reads patterns, and keeps their mistakes."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []

    def pattern(self, document: object, prefix: str) -> Pattern:
        return self._object(document, prefix, (), Place.RECORD)

    def _object(
        self, document: object, prefix: str, names: tuple[str, ...], place: Place
    ) -> Pattern:
        where = prefix + (".".join(names) or "the pattern")
        if not isinstance(document, Mapping) or not document:
            self._refuse(where, f"is no object with members; known there: {known_names(place)}")
            return Pattern(())
        if len(names) > _DEEPEST:
            self._refuse(where[:_DEEPEST] + "…", "is nested deeper than DynamoDB allows")
            return Pattern(())
        members = [
            (name, self._member(value, prefix, (*names, name), place))
            for name, value in sorted(document.items())
            if name != OR
        ]
        found = tuple((name, node) for name, node in members if node is not None)
        return Pattern(found, self._alternatives(document, prefix, names, place))

    def _alternatives(
        self, document: Mapping[str, object], prefix: str, names: tuple[str, ...], place: Place
    ) -> tuple[tuple[Pattern, ...], ...]:
        if OR not in document:
            return ()
        either = document[OR]
        if not isinstance(either, list) or len(either) < _LEAST_ALTERNATIVES:
            where = prefix + ".".join((*names, OR))
            self._refuse(where, "is no list of at least two patterns")
            return ()
        return (tuple(self._object(each, prefix, names, place) for each in either),)

    def _member(
        self, value: object, prefix: str, names: tuple[str, ...], place: Place
    ) -> Pattern | Leaf | None:
        where = prefix + ".".join(names)
        try:
            below = place_below(place, names[-1])
        except ValueError as error:
            self._refuse(where, str(error))
            return None
        if below is Place.VALUE:
            return self._leaf(value, where, names)
        if isinstance(value, list):
            known = known_names(below)
            self._refuse(where, f"has members and no value, so nothing would match; name {known}")
            return None
        return self._object(value, prefix, names, below)

    def _leaf(self, value: object, where: str, names: tuple[str, ...]) -> Leaf | None:
        if not isinstance(value, list) or not value:
            self._refuse(where, 'is no list of values; write one such as ["x"]')
            return None
        is_number_text = names[-1] in _NUMBER_TEXTS
        comparisons = []
        for index, member in enumerate(value):
            try:
                comparisons.append(read_comparison(member, is_number_text=is_number_text))
            except ValueError as error:
                self._refuse(f"{where}[{index}]", str(error))
        return Leaf(".".join(names), tuple(comparisons))

    def _refuse(self, where: str, wrong: str) -> None:
        self.mistakes.append(f"{where} {wrong}")

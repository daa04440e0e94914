"""The comparisons of a pattern: each tells whether a value of a record is accepted.

They are EventBridge's, which Lambda's event filtering uses, too. A value is a text, a number, true,
false or null, as JSON has it.
"""

import ipaddress
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

Accepts = Callable[[Any], bool]
"""Whether a value is accepted."""

_COMPARISONS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "=": lambda value, limit: value == limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}
_RANGE = 4
"""Members of a range, such as `[">", 0, "<=", 5]`."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One member of a pattern's list.

    Attributes:
        words: The member as JSON.
        accepts: Whether a value is accepted.
        accepts_absence: Whether it accepts that there is no value.
    """

    words: str
    accepts: Accepts
    accepts_absence: bool = False


def read_comparison(member: Any, *, is_number_text: bool) -> Comparison:  # noqa: ANN401 - JSON
    """Read a member of a pattern's list.

    Args:
        member: The member, with numbers as Decimal.
        is_number_text: Whether the values are numbers as text: DynamoDB's N and NS.

    Raises:
        ValueError: It is none; the text says what is wrong and what is known.
    """
    words = json.dumps(member, default=_number_words, ensure_ascii=False)
    if isinstance(member, Mapping):
        operator, argument = _single(member, _OPERATORS)
        if operator == "exists":
            return _existence(words, argument)
        numeric = partial(_numeric, is_number_text=is_number_text)
        read = numeric if operator == "numeric" else _OPERATORS[operator]
        return Comparison(words, read(argument))
    if isinstance(member, list):
        raise ValueError("is a list in a list; write values, or objects with an operator")  # noqa: TRY004
    return Comparison(words, _equal(member))


def _number_words(number: Decimal) -> float | int:
    return int(number) if number == number.to_integral_value() else float(number)


def _single(member: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the only operator of an object, with its argument."""
    names = ", ".join(known)
    if len(member) != 1:
        raise ValueError(f"has {len(member)} operators; write one of {names}")
    ((operator, argument),) = member.items()
    if operator not in known:
        raise ValueError(f"{operator!r} is no operator; known there: {names}")
    return operator, argument


def _existence(words: str, is_wanted: object) -> Comparison:
    if not isinstance(is_wanted, bool):
        raise ValueError("exists is neither true nor false")  # noqa: TRY004 - as every other mistake
    return Comparison(words, lambda _: is_wanted, accepts_absence=not is_wanted)


def _equal(wanted: object) -> Accepts:
    """Numbers are equal where they are written alike: 300 is neither 300.0 nor 3.0e2."""
    if isinstance(wanted, Decimal):
        written = str(wanted)
        return lambda value: _is_number(value) and str(value) == written
    return lambda value: type(value) is type(wanted) and value == wanted


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(operator: str, argument: object) -> str:
    if not isinstance(argument, str):
        raise ValueError(f"{operator} takes a text")  # noqa: TRY004 - as every other mistake
    return argument


def _ends(operator: str, argument: object) -> Accepts:
    """Return the comparison of a text's beginning or end, with or without its case."""
    ends = str.startswith if operator == "prefix" else str.endswith
    if isinstance(argument, Mapping):
        text = _text("equals-ignore-case", _single(argument, {"equals-ignore-case": None})[1])
        return lambda value: isinstance(value, str) and ends(value.lower(), text.lower())
    text = _text(operator, argument)
    return lambda value: isinstance(value, str) and ends(value, text)


def _equal_ignoring_case(argument: object) -> Accepts:
    text = _text("equals-ignore-case", argument).lower()
    return lambda value: isinstance(value, str) and value.lower() == text


def _wildcard(argument: object) -> Accepts:
    """Each star stands for any characters, unless a backslash stands before it."""
    first, *others = _between_stars(_text("wildcard", argument))
    return lambda value: isinstance(value, str) and _has_parts(value, first, others)


def _between_stars(pattern: str) -> list[str]:
    parts, characters = [""], iter(pattern)
    for character in characters:
        if character == "*":
            if len(parts) > 1 and not parts[-1]:
                raise ValueError("wildcard has two * in a row; write one")
            parts.append("")
            continue
        plain = next(characters, "") if character == "\\" else character
        if character == "\\" and plain not in ("*", "\\"):
            raise ValueError(r"wildcard has a \ that stands before neither * nor \; write \\")
        parts[-1] += plain
    return parts


def _has_parts(value: str, first: str, others: Sequence[str]) -> bool:
    """Whether the parts follow one another: without the steps back that a regex would take."""
    if not others:
        return value == first
    if not value.startswith(first):
        return False
    *middle, last = others
    position = len(first)
    for part in middle:
        position = value.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return position <= len(value) - len(last) and value.endswith(last)


def _numeric(argument: object, *, is_number_text: bool) -> Accepts:
    parts = argument if isinstance(argument, list) else []
    names, limits = parts[::2], parts[1::2]
    is_right = len(names) == len(limits) and all(isinstance(each, Decimal) for each in limits)
    if not is_right or not _is_range(names):
        raise ValueError('numeric takes a list such as ["=", 5], [">", 0] or [">", 0, "<=", 5]')
    if len(limits) * 2 == _RANGE and limits[0] >= limits[1]:
        raise ValueError("numeric has a range without numbers: its bottom is not below its top")
    comparisons = [(_COMPARISONS[name], limit) for name, limit in zip(names, limits, strict=True)]

    def accepts(value: object) -> bool:
        number = _number_of(value, is_number_text=is_number_text)
        return number is not None and all(holds(number, limit) for holds, limit in comparisons)

    return accepts


def _is_range(names: Sequence[object]) -> bool:
    match names:
        case [str() as only]:
            return only in _COMPARISONS
        case [">" | ">=", "<" | "<="]:
            return True
    return False


def _number_of(value: object, *, is_number_text: bool) -> Decimal | None:
    """Return a value's number, with all digits that DynamoDB keeps."""
    if not (_is_number(value) or (is_number_text and isinstance(value, str))):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _network(argument: object) -> Accepts:
    try:
        network = ipaddress.ip_network(_text("cidr", argument), strict=False)
    except ValueError:
        raise ValueError("cidr takes a network such as 10.0.0.0/24") from None

    def accepts(value: object) -> bool:
        try:
            return isinstance(value, str) and ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return accepts


def _anything_but(argument: object) -> Accepts:
    """Any value but these; there must be one."""
    refused = _refused(argument)
    return lambda value: not any(is_refused(value) for is_refused in refused)


def _refused(argument: object) -> list[Accepts]:
    if isinstance(argument, Mapping):
        operator, texts = _single(argument, _REFUSABLE)
        return [_REFUSABLE[operator](text) for text in _several(operator, texts, str)]
    kind = Decimal if isinstance(_first(argument), Decimal) else str
    values = _several("anything-but", argument, kind)
    return [
        partial(_is_same_number, value) if kind is Decimal else _equal(value) for value in values
    ]


def _is_same_number(wanted: Decimal, value: object) -> bool:
    return _number_of(value, is_number_text=False) == wanted


def _first(argument: object) -> object:
    return argument[0] if isinstance(argument, list) and argument else argument


def _several(operator: str, argument: object, kind: type) -> list[Any]:
    values = argument if isinstance(argument, list) else [argument]
    if not values or not all(isinstance(value, kind) and value != "" for value in values):
        what = "texts, or numbers" if operator == "anything-but" else "texts"
        raise ValueError(f"{operator} takes one value or a list of them, all of them {what}")
    return values


_OPERATORS: Mapping[str, Callable[[Any], Accepts]] = {
    "prefix": partial(_ends, "prefix"),
    "suffix": partial(_ends, "suffix"),
    "equals-ignore-case": _equal_ignoring_case,
    "wildcard": _wildcard,
    "anything-but": _anything_but,
    "numeric": partial(_numeric, is_number_text=False),
    "exists": _equal,
    "cidr": _network,
}
_REFUSABLE: Mapping[str, Callable[[Any], Accepts]] = {
    "prefix": partial(_ends, "prefix"),
    "suffix": partial(_ends, "suffix"),
    "equals-ignore-case": _equal_ignoring_case,
    "wildcard": _wildcard,
}

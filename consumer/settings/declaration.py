"""From declared settings to their rules and values."""

import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Literal, Protocol, Union, get_args, get_origin

from consumer.settings.rules import Kind, Rule

_KINDS: dict[object, Kind] = {str: "text", int: "whole", float: "number", bool: "switch"}
_WORD = re.compile(r"_(\w)")


class Declares(Protocol):
    """A dataclass whose fields are settings.

    Attributes:
        PREFIX: What stands before its keys in the properties file.
    """

    PREFIX: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@cache
def rules_of(model: type[Declares]) -> tuple[Rule, ...]:
    """Return a rule for each field, in the order of declaration.

    Raises:
        KeyError: A field is of a type that settings don't have.
        ValueError: A field has no `Setting`.
    """
    return tuple(_rule(model.PREFIX, field) for field in fields(model))


def values_of(settings: Declares) -> Iterator[tuple[Rule, object]]:
    """Yield each setting that has a value, with its rule."""
    for rule in rules_of(type(settings)):
        value = getattr(settings, rule.name)
        if value is not None:
            yield rule, value


def _rule(prefix: str, field: Field[Any]) -> Rule:
    annotated, setting = get_args(field.type)
    inside = _without_none(annotated)
    choices = get_args(inside) if get_origin(inside) is Literal else ()
    default: Any = field.default
    is_required = default is MISSING
    return Rule(
        name=field.name,
        key=prefix + (setting.key or _camel(field.name)),
        description=setting.description,
        kind="text" if choices else _KINDS[inside],
        default=None if is_required else default,
        required=is_required,
        least=setting.least,
        above=setting.above,
        most=setting.most,
        choices=choices,
        form=setting.form,
        for_daemon=setting.for_daemon,
        is_secret=setting.is_secret,
    )


def _without_none(annotation: Any) -> Any:  # noqa: ANN401 - a type as Python writes it
    """The type of `type | None`."""
    if get_origin(annotation) not in {Union, UnionType}:
        return annotation
    return next(each for each in get_args(annotation) if each is not type(None))


def _camel(name: str) -> str:
    return _WORD.sub(lambda match: match[1].upper(), name)

"""The rules that a model's fields stand for."""

from collections.abc import Iterable, Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from consumer.settings.keys import keys_of
from consumer.settings.rules import Kind, Rule

_KINDS: dict[object, Kind] = {str: "text", int: "whole", float: "number", bool: "switch"}


def rules_of(model: type[BaseModel]) -> Iterator[Rule]:
    """Yield a rule for each field, in the order of declaration.

    Raises:
        KeyError: A field is of a type that rules don't have.
    """
    for key, (name, field) in zip(keys_of(model), model.model_fields.items(), strict=True):
        yield _rule(key, name, field)


def _rule(key: str, name: str, field: FieldInfo) -> Rule:
    kind, constraints = _unwrapped(field.annotation, list(field.metadata))
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    checks = [each.func for each in constraints if isinstance(each, AfterValidator)]
    return Rule(
        name=name,
        key=key,
        kind="text" if choices else _KINDS[kind],
        default=None if field.is_required() else field.default,
        required=field.is_required(),
        least=_bound(each.ge for each in constraints if isinstance(each, Ge)),
        above=_bound(each.gt for each in constraints if isinstance(each, Gt)),
        most=_bound(each.le for each in constraints if isinstance(each, Le)),
        choices=choices,
        form=checks[0].__name__ if checks else None,
    )


def _bound(found: Iterable[Any]) -> int | None:
    return next(map(int, found), None)


def _unwrapped(annotation: Any, constraints: list[Any]) -> tuple[Any, list[Any]]:  # noqa: ANN401
    """A field's type without what stands around it: `| None` and what constrains it."""
    if get_origin(annotation) in {Union, UnionType}:
        inner = [each for each in get_args(annotation) if each is not type(None)]
        return _unwrapped(inner[0], constraints)
    if get_origin(annotation) is Annotated:
        inside, *more = get_args(annotation)
        return _unwrapped(inside, constraints + list(_opened(more)))
    return annotation, constraints


def _opened(constraints: Iterable[Any]) -> Iterator[Any]:
    """Constraints, those too that stand in a `Field`."""
    for each in constraints:
        yield from each.metadata if isinstance(each, FieldInfo) else (each,)

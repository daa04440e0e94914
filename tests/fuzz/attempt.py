"""Calling what may refuse."""

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")
Error = TypeVar("Error", bound=BaseException)


def attempt(kind: type[Error], call: Callable[[], Value]) -> tuple[Value | None, Error | None]:
    """The result, or the error of the only kind that is allowed."""
    try:
        return call(), None
    except kind as error:
        return None, error

"""Work beside the thread that begins it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


def begin(work: Callable[[], Result]) -> "Future[Result]":
    """Begin it, and return what will have its result, or what it raises, `SystemExit` too.

    A thread of its own rather than one of a pool, which would keep the process from ending.
    """
    outcome: Future[Result] = Future()
    threading.Thread(target=_do, args=(work, outcome), daemon=True).start()
    return outcome


def _do(work: Callable[[], Result], outcome: "Future[Result]") -> None:
    try:
        outcome.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
        outcome.set_exception(error)

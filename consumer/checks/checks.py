"""Checks that know which others they need, asked one after the other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from consumer.aws.errors import SETUP_ERRORS
from consumer.aws.explain import mistake_in
from consumer.problems import CheckOutcome, Problem

Answer = TypeVar("Answer")


class CannotTellError(Exception):
    """A check can't be made; its text says why."""


class ProblemError(Exception):
    """A mistake that ends a check."""

    def __init__(self, mistake: Problem) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


@dataclass(frozen=True, slots=True)
class Check:
    """A question.

    Attributes:
        name: Its name.
        causes: What the mistakes that it finds will cause.
        ask: Returns the mistakes; raises MistakeError for the only one, CannotTellError.
        needs: Checks without which it can't be asked.
    """

    name: str
    causes: str
    ask: Callable[[], Sequence[Problem]]
    needs: tuple[str, ...] = ()


def ask_all(
    checks: Iterable[Check], progress: Callable[[str], None] = lambda _name: None
) -> list[CheckOutcome]:
    """Ask in order; a check that needs one which isn't ok could not tell.

    Args:
        checks: The checks, each after those that it needs.
        progress: Told the name of each before it is asked.
    """
    outcomes: dict[str, CheckOutcome] = {}
    for check in checks:
        progress(check.name)
        missing = [name for name in check.needs if not _is_ok(outcomes.get(name))]
        outcomes[check.name] = _without(check, missing[0]) if missing else _asked(check)
    return list(outcomes.values())


def _is_ok(outcome: CheckOutcome | None) -> bool:
    return outcome is None or outcome.verdict == "ok"


def _without(check: Check, missing: str) -> CheckOutcome:
    return CheckOutcome(check.name, check.causes, untold=f"needs {missing}, which is not ok")


def _asked(check: Check) -> CheckOutcome:
    try:
        return CheckOutcome(check.name, check.causes, tuple(check.ask()))
    except ProblemError as error:
        return CheckOutcome(check.name, check.causes, (error.mistake,))
    except CannotTellError as error:
        return CheckOutcome(check.name, check.causes, untold=str(error))


def answered(thing: str, question: Callable[[], Answer]) -> Answer:
    """Return the answer to a question about `thing`.

    Raises:
        MistakeError: There is none.
    """
    try:
        return question()
    except SETUP_ERRORS as error:
        raise ProblemError(mistake_in(thing, error)) from error

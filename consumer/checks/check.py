"""Checks, made one after the other. Each names the checks that it needs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from consumer.aws.errors import SETUP_ERRORS
from consumer.aws.explain import mistake_in
from consumer.problems import CheckOutcome, Problem

Answer = TypeVar("Answer")


class CannotTellError(Exception):
    """A check can't be made. The text says why."""


class ProblemError(Exception):
    """A problem that ends its check."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Check:
    """A check.

    Attributes:
        name: Its name.
        causes: What the problems that it finds cause.
        ask: Returns the problems. It may also raise ProblemError or CannotTellError.
        needs: The names of checks that must be ok first.
    """

    name: str
    causes: str
    ask: Callable[[], Sequence[Problem]]
    needs: tuple[str, ...] = ()


def ask_all(
    checks: Iterable[Check], progress: Callable[[str], None] = lambda _name: None
) -> list[CheckOutcome]:
    """Make checks in order. A check whose needs aren't ok is not made, and could not tell.

    Args:
        checks: The checks, each after those that it needs.
        progress: Takes the name of each check before it is made.
    """
    outcomes, roots = dict[str, CheckOutcome](), dict[str, str]()
    for check in checks:
        progress(check.name)
        missing = [name for name in check.needs if not _is_ok(outcomes.get(name))]
        if missing:
            # The first of a chain: what must be fixed for all that follows.
            root = roots[check.name] = roots.get(missing[0], missing[0])
            outcomes[check.name] = _without(check, root)
        else:
            outcomes[check.name] = _asked(check)
    return list(outcomes.values())


def _is_ok(outcome: CheckOutcome | None) -> bool:
    return outcome is None or outcome.verdict == "ok"


def _without(check: Check, missing: str) -> CheckOutcome:
    return CheckOutcome(check.name, check.causes, untold=f"needs {missing}, which is not ok")


def _asked(check: Check) -> CheckOutcome:
    try:
        return CheckOutcome(check.name, check.causes, tuple(check.ask()))
    except ProblemError as error:
        return CheckOutcome(check.name, check.causes, (error.problem,))
    except CannotTellError as error:
        return CheckOutcome(check.name, check.causes, untold=str(error))


def answered(thing: str, question: Callable[[], Answer]) -> Answer:
    """Return the answer to a question about `thing`.

    Raises:
        ProblemError: The question failed.
    """
    try:
        return question()
    except SETUP_ERRORS as error:
        raise ProblemError(mistake_in(thing, error)) from error

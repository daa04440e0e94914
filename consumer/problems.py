"""The problems that checks find."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "finding", "could not tell"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong.

    Attributes:
        thing: What has the problem: a setting, a shard, a program.
        wrong: What is wrong with it.
        fix: What to do; empty if nobody knows.
    """

    thing: str
    wrong: str
    fix: str = ""

    def __str__(self) -> str:
        rest = f"{self.wrong}; {self.fix}" if self.fix else self.wrong
        return " ".join(f"{self.thing}: {rest}".split())


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The outcome of a check.

    Attributes:
        check: The check's name.
        causes: What its problems cause.
        problems: The problems that it found.
        untold: Why it could not tell; None if it could.
    """

    check: str
    causes: str
    problems: tuple[Problem, ...] = ()
    untold: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The outcome in a word or two."""
        if self.problems:
            return "finding"
        return "ok" if self.untold is None else "could not tell"


def parse_problem(line: str) -> Problem:
    """Read a problem from its line."""
    thing, _, rest = line.partition(": ")
    wrong, _, fix = rest.partition("; ")
    return Problem(thing, wrong, fix)

"""What checks find."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "finding", "could not tell"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong.

    Attributes:
        thing: What it is about: a setting, a shard, a program.
        wrong: What is wrong with it.
        fix: What to do; empty where nobody knows.
    """

    thing: str
    wrong: str
    fix: str = ""

    def __str__(self) -> str:
        rest = f"{self.wrong}; {self.fix}" if self.fix else self.wrong
        return " ".join(f"{self.thing}: {rest}".split())


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What a check has come to.

    Attributes:
        check: The check's name.
        causes: What its mistakes will cause.
        mistakes: What it found to be wrong.
        untold: Why it could not tell; None when it could.
    """

    check: str
    causes: str
    mistakes: tuple[Problem, ...] = ()
    untold: str | None = None

    @property
    def verdict(self) -> Verdict:
        """What it comes to in a word or two."""
        if self.mistakes:
            return "finding"
        return "ok" if self.untold is None else "could not tell"


def mistake_of(line: str) -> Problem:
    """Take a mistake's line apart again."""
    thing, _, rest = line.partition(": ")
    wrong, _, fix = rest.partition("; ")
    return Problem(thing, wrong, fix)

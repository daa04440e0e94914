"""What checks find."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "finding", "could not tell"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that is wrong.

    Attributes:
        thing: What it is about: a setting, a shard, a program.
        wrong: What is wrong with it.
        mend: What to do; empty where nobody knows.
    """

    thing: str
    wrong: str
    mend: str = ""

    def __str__(self) -> str:
        rest = f"{self.wrong}; {self.mend}" if self.mend else self.wrong
        return " ".join(f"{self.thing}: {rest}".split())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check has come to.

    Attributes:
        check: The check's name.
        causes: What its mistakes will cause.
        mistakes: What it found to be wrong.
        untold: Why it could not tell; None when it could.
    """

    check: str
    causes: str
    mistakes: tuple[Mistake, ...] = ()
    untold: str | None = None

    @property
    def verdict(self) -> Verdict:
        """What it comes to in a word or two."""
        if self.mistakes:
            return "finding"
        return "ok" if self.untold is None else "could not tell"


def mistake_of(line: str) -> Mistake:
    """Take a mistake's line apart again."""
    thing, _, rest = line.partition(": ")
    wrong, _, mend = rest.partition("; ")
    return Mistake(thing, wrong, mend)

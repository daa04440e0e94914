"""What each setting may be, as data, and the one check that follows it.

It needs no library: a function pays for every import at each cold start, and so does a worker.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from consumer.settings.forms import Form
from consumer.settings.variables import environment_name

Kind = Literal["text", "whole", "number", "switch"]
Value = str | int | float | bool | None

ANY_TEXT = "text"

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MOST_DIGITS = 4_000  # Python reads 4,300 digits of a whole number and no more.
_SWITCHES: Mapping[str, bool] = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What one setting may be.

    Attributes:
        name: Its name in the code.
        key: Its key in the properties file.
        description: What it does, why its default is what it is, and when to change it.
        kind: Text, a whole number, any number, or true and false.
        default: Its value where it isn't set.
        required: Whether nothing runs without it.
        least: The least number; None without one.
        above: The number that it must be greater than; None without one.
        most: The greatest number; None without one.
        choices: The only texts that it may be; none where it may be any.
        form: How its text must be written; None for any text.
        for_daemon: Whether the daemon reads it.
        is_secret: Whether no message may show its value.
    """

    name: str
    key: str
    description: str
    kind: Kind
    default: Value = None
    required: bool = False
    least: int | None = None
    above: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    form: Form | None = None
    for_daemon: bool = False
    is_secret: bool = False

    @property
    def variable(self) -> str:
        """The variable of the environment that sets it."""
        return environment_name(self.key)

    @property
    def values(self) -> str:
        """Which values it takes, in words."""
        if self.kind == "switch":
            return "true or false"
        if self.kind != "text":
            return self._range()
        if self.choices:
            return _listed(self.choices)
        return self.form.words if self.form else ANY_TEXT

    def read(self, text: str) -> Value:
        """Return the value that a text stands for; ValueError, which says why, if it can't be."""
        if self.kind == "switch":
            return self._switch(text)
        if self.kind == "text":
            return self._text(text)
        return self._within(self._number(text.strip()))

    def _switch(self, text: str) -> bool:
        if text.lower() not in _SWITCHES:
            raise self._refusal("is neither true nor false")
        return _SWITCHES[text.lower()]

    def _text(self, text: str) -> str:
        if self.choices and text not in self.choices:
            raise self._refusal("is none of its values")
        wrong = self.form.wrong(text) if self.form else None
        if wrong:
            raise ValueError(wrong)
        return text

    def _number(self, text: str) -> float:
        if self.kind == "number":
            if not _NUMBER.fullmatch(text):
                raise self._refusal("is not a number")
            return float(text)
        if not _WHOLE.fullmatch(text):
            raise self._refusal("is not a whole number")
        return int(text) if len(text) <= _MOST_DIGITS else math.copysign(math.inf, float(text))

    def _within(self, number: float) -> float:
        is_small = self.least is not None and number < self.least
        if is_small or (self.above is not None and number <= self.above):
            raise self._refusal("is too small")
        if math.isinf(number) or (self.most is not None and number > self.most):
            raise self._refusal("is too large")
        return number

    def _refusal(self, wrong: str) -> ValueError:
        return ValueError(f"{wrong}; set {self.values}")

    def _range(self) -> str:
        if self.above is not None:
            return f"more than {self.above}{'' if self.most is None else f', at most {self.most}'}"
        if self.least == self.most:
            return "a number" if self.least is None else str(self.least)
        return f"{self.least} or more" if self.most is None else f"{self.least} to {self.most}"


def read(rules: Iterable[Rule], values: Mapping[str, str]) -> tuple[dict[str, Value], list[str]]:
    """Read every setting.

    Args:
        rules: What each may be.
        values: Texts by key, of settings that are set.

    Returns:
        Values by name, of settings that can be read, and a line for each mistake.
    """
    found: dict[str, Value] = {}
    mistakes: list[str] = []
    for rule in rules:
        text = values.get(rule.key)
        try:
            if text is not None:
                found[rule.name] = rule.read(text)
            elif rule.required:
                mistakes.append(f"{rule.key}: is missing; set it in the file or as {rule.variable}")
            else:
                found[rule.name] = rule.default
        except ValueError as error:
            shown = rule.key if rule.is_secret else f"{rule.key} = {text!r}"
            mistakes.append(f"{shown}: {error}")
    return found, mistakes


def set_in(environ: Mapping[str, str], rules: Iterable[Rule]) -> dict[str, str]:
    """Return by key what the environment sets; a variable that is empty counts as not set."""
    return {rule.key: environ[rule.variable] for rule in rules if environ.get(rule.variable)}


def _listed(choices: Sequence[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last

"""What a setting may be, as data, and the check of it that needs no library.

A function pays for every library at each cold start: pydantic, which the command line checks
settings with, would more than double the time of its own code. So `scripts/lambda-zip` writes the
rules of the settings' model into the zip, and here is what follows them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from consumer.settings.formats import FORMAT_WORDS, FORMATS
from consumer.settings.names import environment_name

Kind = Literal["text", "whole", "number", "switch"]
Value = str | int | float | bool | None

ANY_TEXT = "text"
NO_CHOICE = "is none of its values"
NO_NUMBER = "is not a number"
NO_SWITCH = "is neither true nor false"
NO_WHOLE_NUMBER = "is not a whole number"
TOO_LARGE = "is too large"
TOO_SMALL = "is too small"

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
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
        kind: Text, a whole number, any number, or true and false.
        default: Its value where it isn't set.
        required: Whether nothing runs without it.
        least: The least number; None without one.
        above: The number that it must be greater than; None without one.
        most: The greatest number; None without one.
        choices: The only texts that it may be; none where it may be any.
        form: The name in `FORMATS` of what its text must be; None for any text.
    """

    name: str
    key: str
    kind: Kind
    default: Value = None
    required: bool = False
    least: int | None = None
    above: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    form: str | None = None

    @property
    def variable(self) -> str:
        """The variable of the environment that sets it."""
        return environment_name(self.key)

    def to_json(self) -> dict[str, Any]:
        """The rule as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Rule":
        """Read what `to_json` gave."""
        return cls(**{**document, "choices": tuple(document["choices"])})

    @property
    def values(self) -> str:
        """Which values it takes, in words."""
        if self.kind == "switch":
            return "true or false"
        if self.kind == "text":
            if self.choices:
                return _listed(self.choices)
            return FORMAT_WORDS[self.form] if self.form else ANY_TEXT
        return self._range()

    def refusal(self, wrong: str) -> str:
        """Return what is wrong with a value, and which ones there are."""
        return f"{wrong}; set {self.values}"

    def read(self, text: str) -> Value:
        """Return the value that a text stands for; ValueError, which says why, if it can't be."""
        if self.kind == "switch":
            return self._switch(text)
        if self.kind != "text":
            return self._within(self._number(text))
        if self.choices and text not in self.choices:
            raise ValueError(self.refusal(NO_CHOICE))
        return FORMATS[self.form](text) if self.form else text

    def _range(self) -> str:
        if self.above is not None:
            return f"more than {self.above}{'' if self.most is None else f', at most {self.most}'}"
        if self.least == self.most:
            return "a number" if self.least is None else str(self.least)
        return f"{self.least} or more" if self.most is None else f"{self.least} to {self.most}"

    def _switch(self, text: str) -> bool:
        if text.lower() not in _SWITCHES:
            raise ValueError(self.refusal(NO_SWITCH))
        return _SWITCHES[text.lower()]

    def _number(self, text: str) -> float:
        if self.kind == "whole" and not _WHOLE.fullmatch(text.strip()):
            raise ValueError(self.refusal(NO_WHOLE_NUMBER))
        try:
            return int(text) if self.kind == "whole" else float(text)
        except ValueError as error:  # Python reads 4,300 digits and no more
            raise ValueError(
                self.refusal(TOO_LARGE if self.kind == "whole" else NO_NUMBER)
            ) from error

    def _within(self, number: float) -> float:
        if self.least is not None and number < self.least:
            raise ValueError(self.refusal(TOO_SMALL))
        if self.above is not None and number <= self.above:
            raise ValueError(self.refusal(TOO_SMALL))
        if self.most is not None and number > self.most:
            raise ValueError(self.refusal(TOO_LARGE))
        return number


def follow(rules: Sequence[Rule], values: Mapping[str, str]) -> tuple[dict[str, Value], list[str]]:
    """Check every setting.

    Args:
        rules: What each may be.
        values: Texts by key, of settings that are set.

    Returns:
        Values by name, and a line for each mistake.
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
            mistakes.append(f"{rule.key} = {text!r}: {error}")
    return found, mistakes


def _listed(choices: Sequence[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last

"""What a setting may be, as data, and the check of it that needs no library.

A function pays for every library at each cold start: pydantic, which the command line checks
settings with, would more than double the time of its own code. So `scripts/lambda-zip` writes the
rules of the settings' model into the zip, and here is what follows them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from consumer.settings.formats import FORMATS
from consumer.settings.names import environment_name

Kind = Literal["text", "whole", "switch"]
Value = str | int | bool | None

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
        kind: Text, a whole number, or true and false.
        default: Its value where it isn't set.
        required: Whether nothing runs without it.
        least: The least number; None without one.
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

    def read(self, text: str) -> Value:
        """Return the value that a text stands for; ValueError, which says why, if it can't be."""
        if self.kind == "switch":
            return _switch(text)
        if self.kind == "whole":
            return self._whole(text)
        if self.choices and text not in self.choices:
            raise ValueError(f"input should be {_listed(self.choices)}")
        return FORMATS[self.form](text) if self.form else text

    def _whole(self, text: str) -> int:
        if not _WHOLE.fullmatch(text.strip()):
            raise ValueError(
                "input should be a valid integer, unable to parse string as an integer"
            )
        number = int(text)
        if self.least is not None and number < self.least:
            raise ValueError(f"input should be greater than or equal to {self.least}")
        if self.most is not None and number > self.most:
            raise ValueError(f"input should be less than or equal to {self.most}")
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


def _switch(text: str) -> bool:
    if text.lower() not in _SWITCHES:
        raise ValueError("input should be a valid boolean, unable to interpret input")
    return _SWITCHES[text.lower()]


def _listed(choices: Sequence[str]) -> str:
    *others, last = (f"'{choice}'" for choice in choices)
    return f"{', '.join(others)} or {last}" if others else last

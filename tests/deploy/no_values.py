"""What CloudFormation leaves out of a list, for moto, which leaves an empty place there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NOTHING = {"Ref": "AWS::NoValue"}


def without_no_values(template: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, Any]:
    """The template with the elements of lists alone that these parameters leave in."""
    defaults = {
        name: str(parameter["Default"])
        for name, parameter in template["Parameters"].items()
        if "Default" in parameter
    }
    rules = _Rules({**defaults, **wanted}, template["Conditions"])
    return dict(_cleaned(template, {name: rules.hold(rule) for name, rule in rules.named.items()}))


@dataclass(frozen=True)
class _Rules:
    """The conditions of a template, with its parameters.

    Attributes:
        given: The parameters' values.
        named: The conditions, by name.
    """

    given: Mapping[str, str]
    named: Mapping[str, Any]

    def hold(self, rule: Mapping[str, Any]) -> bool:
        """Whether a condition holds."""
        ((how, what),) = rule.items()
        if how == "Condition":
            return self.hold(self.named[what])
        if how == "Fn::Equals":
            one, other = (
                self.given[each["Ref"]] if isinstance(each, dict) else each for each in what
            )
            return bool(one == other)
        parts = [self.hold(part) for part in what]
        return {"Fn::Not": not parts[0], "Fn::And": all(parts), "Fn::Or": any(parts)}[how]


def _cleaned(part: Any, told: Mapping[str, bool]) -> Any:  # noqa: ANN401 - any part of a template
    if isinstance(part, dict):
        return {name: _cleaned(each, told) for name, each in part.items()}
    if isinstance(part, list):
        return [_cleaned(each, told) for each in part if not _is_nothing(each, told)]
    return part


def _is_nothing(part: object, told: Mapping[str, bool]) -> bool:
    if not isinstance(part, dict) or "Fn::If" not in part:
        return False
    name, then, otherwise = part["Fn::If"]
    return bool((then if told[name] else otherwise) == _NOTHING)

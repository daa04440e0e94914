"""What CloudFormation leaves out of a list, for moto, which leaves an empty place there."""

from collections.abc import Mapping
from typing import Any

_NOTHING = {"Ref": "AWS::NoValue"}


def without_no_values(template: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, Any]:
    """The template with the elements of lists alone that these parameters leave in."""
    defaults = {
        name: str(parameter["Default"])
        for name, parameter in template["Parameters"].items()
        if "Default" in parameter
    }
    given = {**defaults, **wanted}
    told = {name: _holds(rule, given) for name, rule in template["Conditions"].items()}
    return dict(_cleaned(template, told))


def _holds(rule: Mapping[str, Any], given: Mapping[str, str]) -> bool:
    if "Fn::Not" in rule:
        return not _holds(rule["Fn::Not"][0], given)
    one, other = (
        given[each["Ref"]] if isinstance(each, dict) else each for each in rule["Fn::Equals"]
    )
    return bool(one == other)


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

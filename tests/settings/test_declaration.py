"""A setting is declared once, and everything that is known of it comes from there."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import pytest

from consumer.settings.declaration import rules_of, values_of
from consumer.settings.forms import TABLE
from consumer.settings.known import known_rules
from consumer.settings.rules import Rule
from consumer.settings.setting import Setting


@dataclass(frozen=True, kw_only=True)
class Own:
    """Settings of a test."""

    PREFIX: ClassVar[str] = "own."

    source_table: Annotated[str, Setting("The table.", form=TABLE)]
    size: Annotated[int | None, Setting("How many.", least=1, most=9, for_daemon=True)] = None
    mode: Annotated[Literal["a", "b"], Setting("How.", key="MODE")] = "a"


def test_a_rule_has_what_the_field_says() -> None:
    """Name, type and default are the field's, the rest stands beside them."""
    assert rules_of(Own) == (
        Rule("source_table", "own.sourceTable", "The table.", "text", required=True, form=TABLE),
        Rule("size", "own.size", "How many.", "whole", least=1, most=9, for_daemon=True),
        Rule("mode", "own.MODE", "How.", "text", default="a", choices=("a", "b")),
    )


def test_a_setting_without_a_value_has_none() -> None:
    """So that nobody is told of it."""
    values = {rule.key: value for rule, value in values_of(Own(source_table="orders"))}

    assert values == {"own.sourceTable": "orders", "own.MODE": "a"}


@pytest.mark.parametrize("rule", known_rules(), ids=lambda rule: rule.key)
def test_a_default_is_a_value_that_its_setting_takes(rule: Rule) -> None:
    """It could be set as well."""
    if rule.default is not None:
        assert rule.read(str(rule.default)) == rule.default


def test_no_two_settings_have_one_name() -> None:
    """Checks of settings against each other know them by name."""
    names = [rule.name for rule in known_rules()]

    assert len(names) == len(set(names))

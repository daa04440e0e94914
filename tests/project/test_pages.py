"""Pages that are made from the code are as it would make them now."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from consumer.cli import main
from tests.places import ROOT
from tests.project.pages import PAGES


@pytest.mark.parametrize(("page", "make"), PAGES.items(), ids=[page.name for page in PAGES])
def test_a_page_is_as_it_would_be_made_now(page: Path, make: Callable[[], str]) -> None:
    """Fixed by scripts/docs."""
    assert page.read_text() == make()


def every_command(group: click.Group, path: str) -> list[str]:
    """The full names of a group's commands, and of theirs."""
    names: list[str] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        names.append(f"{path} {name}")
        if isinstance(command, click.Group):
            names.extend(every_command(command, f"{path} {name}"))
    return names


def test_the_page_of_commands_has_every_command() -> None:
    """Those of groups too, each under a heading of its own."""
    lines = (ROOT / "docs" / "cli.md").read_text().splitlines()
    names = every_command(main, "stream-publisher")

    assert "stream-publisher dead-letters redrive" in names
    assert [name for name in names if lines.count(f"## {name}") != 1] == []

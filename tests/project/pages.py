"""Files that are made from the code; `scripts/docs` writes them, a test compares them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from consumer.cli import main
from consumer.reference.all_settings import ExplainedSetting, all_settings, as_properties
from consumer.settings.variables import PUBLISHER_PREFIX
from tests.places import ROOT
from tests.project.architecture import architecture_page
from tests.project.licences import licences_page
from tests.project.typescript import TYPES, types_file
from tests.project.whole_messages import MESSAGES_PAGE, messages_page

_WIDTH = 100
_MADE = "<!-- Written by scripts/docs; edit the code that it is made from. -->\n"

_CLI_HEAD = """\
# Commands

What `--help` says of each command, and [how a shell completes them](#completion).

| exit status | meaning |
| --- | --- |
| 0 | What was asked for is done. |
| 1 | It is not done, or not wholly; a check found something. |
| 2 | What was given can't be used: options, settings, names, permissions. Nothing was started. |
| 130 | Ended by Ctrl-C; `listen` and `status --watch`, which end no other way, then have 0. |
"""
_RC = """echo 'eval "$(_STREAM_PUBLISHER_COMPLETE={0}_source stream-publisher)"' >> ~/.{0}rc"""
_FISH = "~/.config/fish/completions/stream-publisher.fish"
_COMPLETION = f"""\
## Completion

The shell's Tab key completes commands and options, once `stream-publisher` is on the PATH and
this was run:

| shell | command |
| --- | --- |
| bash, 4.4 or newer | `{_RC.format("bash")}` |
| zsh | `{_RC.format("zsh")}` |
| fish | `_STREAM_PUBLISHER_COMPLETE=fish_source stream-publisher > {_FISH}` |

The lines for bash and zsh start the program once with each new shell. Where that is felt, write
what it prints to a file and `source` that instead.
"""
_SETTINGS_HEAD = """\
# Settings

A setting stands in the properties file under its key, or in the environment under its variable,
which wins. `${NAME}` and `${NAME:-default}` in a value of the file are taken from the environment.
A key that nobody knows, a value that can't be and a setting that is missing are all named at once,
before anything starts. `stream-publisher settings` shows the same on a terminal, and
`stream-publisher settings --properties` writes them as a file to fill in
([aws.properties](../properties/aws.properties)).
"""


def cli_page() -> str:
    """Return docs/cli.md: the help of every command."""
    sections = [f"## {name}\n\n```text\n{text}\n```\n" for name, text in _helps(main, None)]
    return "\n".join([_MADE + _CLI_HEAD, *sections, _COMPLETION])


def settings_page() -> str:
    """Return docs/settings.md: every setting."""
    every = all_settings()
    ours = _table([each for each in every if each.key.startswith(PUBLISHER_PREFIX)])
    kcl = _table([each for each in every if not each.key.startswith(PUBLISHER_PREFIX)])
    sections = [f"## The publisher's own\n\n{ours}", f"## The daemon's\n\n{kcl}"]
    return "\n".join([_MADE + _SETTINGS_HEAD, *sections])


PAGES: Mapping[Path, Callable[[], str]] = {
    ROOT / "docs" / "architecture.md": architecture_page,
    ROOT / "docs" / "cli.md": cli_page,
    ROOT / "docs" / "licences.md": licences_page,
    MESSAGES_PAGE: messages_page,
    ROOT / "docs" / "settings.md": settings_page,
    TYPES: types_file,
    ROOT / "properties" / "aws.properties": lambda: as_properties(all_settings()),
}
"""Each file that is made, and what makes it."""


def _helps(command: click.Command, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    """Yield the full name and the help of a command, then those of its own commands."""
    name = command.name if parent else "stream-publisher"
    settings = command.context_settings
    context = click.Context(
        command, parent, info_name=name, **{**settings, "terminal_width": _WIDTH}
    )
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            yield from _helps(_command_of(command, context, each), context)


def _command_of(group: click.Group, context: click.Context, name: str) -> click.Command:
    command = group.get_command(context, name)
    if command is None:
        raise LookupError(name)
    return command


def _table(settings: list[ExplainedSetting]) -> str:
    rows = "".join(f"| {' | '.join(_cells(setting))} |\n" for setting in settings)
    head = "| key | variable | default | values | what it does |\n| --- | --- | --- | --- | --- |\n"
    return head + rows


def _cells(setting: ExplainedSetting) -> tuple[str, ...]:
    default = "" if setting.default is None else f"`{setting.default}`"
    return (
        f"`{setting.key}`",
        f"`{setting.variable}`",
        setting.need or default,
        setting.values,
        setting.description.replace("|", "\\|"),
    )


if __name__ == "__main__":
    for page, make in PAGES.items():
        page.write_text(make())

"""What `settings` does: print every setting, its default and what it does."""

import sys

import click

from consumer.reference.all_settings import ExplainedSetting, all_settings, as_properties
from consumer.terminal import exits
from consumer.terminal.blocks import print_block
from consumer.terminal.output import Console, say_error, say_json


def explain_settings(words: tuple[str, ...], *, as_file: bool, as_json: bool) -> None:
    """Print the settings that have all of the words; end with status 1 where none has."""
    found = [setting for setting in all_settings() if _has(setting, words)]
    if not found:
        say_error(f"no setting has all of: {' '.join(words)}; name fewer words")
        sys.exit(exits.FAILED)
    if as_json:
        say_json([setting.to_json() for setting in found], indent=2)
    elif as_file:
        click.echo(as_properties(found), nl=False)
    else:
        _print(found)


def _has(setting: ExplainedSetting, words: tuple[str, ...]) -> bool:
    text = f"{setting.key} {setting.variable} {setting.description}".lower()
    return all(word.lower() in text for word in words)


def _print(found: list[ExplainedSetting]) -> None:
    console = Console()
    for setting in found:
        facts = {
            "variable": setting.variable,
            "default": setting.need or setting.default or "none",
            "values": setting.values,
        }
        print_block(console, setting.key, facts, setting.description)

"""`stream-publisher settings`: every setting, its default and what it does."""

import json
import sys

import click
from rich.console import Console

from consumer.reference.all_settings import ExplainedSetting, all_settings, as_properties
from consumer.terminal import exits
from consumer.terminal.blocks import print_block


@click.command(short_help="Explain every setting, or those that have some words.")
@click.argument("words", nargs=-1)
@click.option("--properties", "as_file", is_flag=True, help="A commented properties file.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
def settings(words: tuple[str, ...], *, as_file: bool, as_json: bool) -> None:
    """Explain every setting, or those whose name or text has all of WORDS.

    The exit status is 1 where none has.

    \b
    Examples:
      stream-publisher settings
      stream-publisher settings wait
      stream-publisher settings --properties > my.properties
    """
    found = [setting for setting in all_settings() if _has(setting, words)]
    if not found:
        click.echo(f"no setting has all of: {' '.join(words)}; name fewer words", err=True)
        sys.exit(exits.FAILED)
    if as_json:
        click.echo(json.dumps([setting.to_json() for setting in found], indent=2))
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

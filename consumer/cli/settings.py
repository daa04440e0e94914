"""`stream-publisher settings`: every setting, its default and what it does."""

import json

import click
from rich.console import Console
from rich.table import Table

from consumer.settings.reference import Setting, all_settings, as_properties


@click.command()
@click.argument("words", nargs=-1)
@click.option("--properties", "as_file", is_flag=True, help="A commented properties file.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
def settings(words: tuple[str, ...], *, as_file: bool, as_json: bool) -> None:
    """Explain every setting, or those whose name or text has all of WORDS.

    \b
    Examples:
      stream-publisher settings
      stream-publisher settings wait
      stream-publisher settings --properties > my.properties
    """
    found = [setting for setting in all_settings() if _has(setting, words)]
    if as_json:
        click.echo(json.dumps([setting.to_json() for setting in found], indent=2))
    elif as_file:
        click.echo(as_properties(found), nl=False)
    else:
        Console().print(_table(found))


def _has(setting: Setting, words: tuple[str, ...]) -> bool:
    text = f"{setting.key} {setting.variable} {setting.description}".lower()
    return all(word.lower() in text for word in words)


def _table(found: list[Setting]) -> Table:
    table = Table("key and variable", "default", "what it does", show_lines=True)
    for setting in found:
        default = "required" if setting.required else setting.default or ""
        table.add_row(f"{setting.key}\n[dim]{setting.variable}[/]", default, setting.description)
    return table

"""`stream-publisher settings`: its options and help."""

import click

from consumer.terminal.options import json_option


@click.command(short_help="Explain every setting, or those that have some words.")
@click.argument("words", nargs=-1)
@click.option("--properties", "as_file", is_flag=True, help="A commented properties file.")
@json_option("A JSON list.")
def settings(words: tuple[str, ...], *, as_file: bool, as_json: bool) -> None:
    """Explain every setting, or those whose name or text has all of WORDS.

    The exit status is 1 where none has.

    \b
    Examples:
      stream-publisher settings
      stream-publisher settings wait
      stream-publisher settings --properties > my.properties
    """
    from consumer.reference.action import explain_settings

    explain_settings(words, as_file=as_file, as_json=as_json)

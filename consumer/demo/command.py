"""`stream-publisher demo`: its options and help."""

import click

from consumer.terminal.options import json_option


@click.command(short_help="Show changes arriving at a topic, on this machine alone.")
@click.option(
    "--changes",
    type=click.IntRange(1, 100_000),
    default=37,
    show_default=True,
    help="How many changes to write.",
)
@json_option("The figures as the last line of stdout.")
@click.option("--keep", is_flag=True, help="Leave everything running, and say how to use it.")
def demo(changes: int, *, as_json: bool, keep: bool) -> None:
    """Show changes of a table arriving at a topic, on this machine alone.

    Starts ministack and moto's server on free ports, the real daemon on the table's stream,
    and a subscriber; writes inserts, updates and deletes; then compares every change that was
    written with every one that arrived. Nothing is left behind, also after Ctrl-C. The exit
    status is 1 when a change was lost.

    \b
    Examples:
      stream-publisher demo
      stream-publisher demo --changes 2000 --json | tail -1 | jq .lost
      stream-publisher demo --keep
    """
    from consumer.demo.action import show_demo

    show_demo(changes, as_json=as_json, keep=keep)

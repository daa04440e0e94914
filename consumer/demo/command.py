"""`stream-publisher demo`: the main job on this machine, with no account."""

import json
import signal
import sys
from types import FrameType

import click
from rich.console import Console

from consumer.demo.screen import Screen
from consumer.demo.show import DemoError, Show, perform
from consumer.sandbox.server import SandboxError
from consumer.terminal import exits


@click.command(short_help="Show changes arriving at a topic, on this machine alone.")
@click.option(
    "--changes",
    type=click.IntRange(1, 100_000),
    default=37,
    show_default=True,
    help="How many changes to write.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as the last line of stdout.")
@click.option("--keep", is_flag=True, help="Leave everything running and tell how to look at it.")
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
    # SIGINT too: a shell script that starts us in the background has it ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    started = _started()
    screen = Screen(Console(stderr=as_json))
    try:
        outcome, faithful = perform(Show(changes, started, keep=keep), screen)
    except (DemoError, SandboxError) as error:
        click.echo(str(error), err=True)
        sys.exit(exits.FAILED)
    if as_json:
        click.echo(json.dumps(outcome.to_json()))
    sys.exit(0 if faithful else exits.FAILED)


def _started() -> float:
    """When the command was given: the shell script that set everything up has become us."""
    try:
        import psutil  # noqa: PLC0415 - where a worker runs, the servers' packages are missing
    except ModuleNotFoundError:
        click.echo(
            "the demo's servers are not installed; run scripts/demo in a checkout, or install "
            "dynamodb-stream-publisher[sandbox]",
            err=True,
        )
        sys.exit(exits.USAGE)
    return psutil.Process().create_time()


def _end(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that everything is cleaned up."""
    raise KeyboardInterrupt

"""Lets processors live and die at random, and looks whether the promise holds.

    .venv/bin/python -m tests.lives [--lives 2000] [--seed 1]

Half of the stories are lives on fakes that are killed at any step. The others are lives on the real
threads, with an SNS and a daemon that fail in every way. In each, checkpoints only grow and pass
nothing that is not published, no item's change is overtaken, and nothing is sent after a verb has
returned. The exit status is 1 after the first story that breaks the promise; its seed is told. Of
lives on threads the seed gives the chances, but not the order in which threads run.
"""

import sys
import traceback

import click
from rich.console import Console

from tests.lives.story import live


@click.command()
@click.option("--lives", type=click.IntRange(1), default=2000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the first story.")
def main(lives: int, seed: int) -> None:
    """Let processors live and die at random, and look whether the promise holds."""
    lived, first = 0, seed
    with Console(stderr=True).status("Living") as status:
        while lived < lives:
            try:
                lived += live(seed)
            except Exception:  # noqa: BLE001 - whatever it is, its seed is told
                click.echo(traceback.format_exc(), err=True)
                click.echo(f"the promise is broken; see it again with --lives 1 --seed {seed}")
                sys.exit(1)
            seed += 1
            status.update(f"Living: {lived:,} lives")
    click.echo(f"{lived:,} lives in {seed - first:,} stories kept the promise")


if __name__ == "__main__":
    main()

"""`stream-publisher status`: its options and help."""

from typing import Any

import click

from consumer.terminal.options import json_option, worker_options


@click.command(short_help="Show workers and shards, and how far behind they are.")
@worker_options
@click.option("--watch", is_flag=True, help="Look again and again until Ctrl-C.")
@click.option(
    "--every",
    type=click.FloatRange(1, 3600),
    default=5.0,
    show_default=True,
    help="Seconds from one look to the next, with --watch.",
)
@click.option("--twice", is_flag=True, help="Watch for as long as a lease lasts, then tell.")
@click.option("--all", "everything", is_flag=True, help="Show ended shards too.")
@click.option(
    "--count",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    help="Count the records left of a shard up to so many.",
)
@json_option("One JSON object a look.")
def status(**options: Any) -> None:
    """Show workers, and for each shard its owner, checkpoint and how far behind it is.

    Everything is read from the lease table and the stream, so that it works from any machine with
    the workers' configuration. The lag is the age of the oldest record that is not checkpointed.
    The lease table keeps no times: when a lease was last renewed only several looks tell.

    \b
    Examples:
      stream-publisher status --properties my.properties
      stream-publisher status --properties my.properties --watch
      stream-publisher status --properties my.properties --json | jq .totals.lagSeconds
    """
    from consumer.status.action import StatusRequest, show_status

    show_status(StatusRequest(**options))

"""`stream-publisher status`: its options and help."""

from typing import Any

import click

from consumer.terminal.options import json_option, worker_options


@click.command(short_help="Show workers and shards, and how far behind they are.")
@worker_options
@click.option("--watch", is_flag=True, help="Repeat until Ctrl-C.")
@click.option(
    "--every",
    type=click.FloatRange(1, 3600),
    default=5.0,
    show_default=True,
    help="Seconds between two readings, with --watch.",
)
@click.option("--twice", is_flag=True, help="Watch the leases for as long as one lasts, then show.")
@click.option("--all", "everything", is_flag=True, help="Show ended shards too.")
@click.option(
    "--count",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    help="The most records left to count in each shard.",
)
@json_option("One JSON object for each reading.")
def status(**options: Any) -> None:
    """Show the workers, and each shard's owner, checkpoint and backlog.

    It reads the lease table and the stream, so it works from any machine with the workers'
    configuration. The lag is the age of the oldest record that is not checkpointed. The lease table
    holds no times: only --twice or --watch can show when a lease was renewed.

    \b
    Examples:
      stream-publisher status --properties my.properties
      stream-publisher status --properties my.properties --watch
      stream-publisher status --properties my.properties --json | jq .totals.lagSeconds
    """
    from consumer.status.action import StatusRequest, show_status

    show_status(StatusRequest(**options))

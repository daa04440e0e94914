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
@click.option(
    "--all", "everything", is_flag=True, help="Show every shard, ended ones too, and not what fits."
)
@click.option(
    "-o", "--output", type=click.Choice(["wide"]), help="wide: whole ids, and parent shards."
)
@click.option(
    "--max-lag",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="End with status 1 if a shard is farther behind, or if that is unknown.",
)
@click.option(
    "--count",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    help="The most records left to count in each shard.",
)
@json_option("One JSON object for each reading.")
def status(output: str | None, **options: Any) -> None:
    """Show totals, what is wrong, the workers, and the shards that are farthest behind.

    It reads the lease table and the stream, so it works from any machine with the workers'
    configuration. The lag is the age of the oldest record that is not checkpointed. Only --twice or
    --watch can show how fast a shard is read, when it is caught up, and when its lease was renewed.
    In a pipe each worker and each shard is a line.

    \b
    Examples:
      stream-publisher status --properties my.properties
      stream-publisher status --properties my.properties --watch
      stream-publisher status --properties my.properties --max-lag 300 || page-somebody
      stream-publisher status --properties my.properties --json | jq .totals.lagSeconds
    """
    from consumer.status.action import StatusRequest, show_status

    show_status(StatusRequest(**options, wide=output == "wide"))

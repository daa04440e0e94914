"""`stream-publisher backfill`: its options and help."""

import sys
from pathlib import Path
from typing import Any

import click

from consumer.backfill.request import DEFAULT_SEGMENTS, BackfillRequest
from consumer.terminal.options import json_option, worker_options
from consumer.terminal.streams import is_terminal

_MOST_SEGMENTS = 64


@click.command()
@worker_options
@click.option(
    "--segments",
    type=click.IntRange(1, _MOST_SEGMENTS),
    help=f"Number of parts of the table that are read side by side.  [default: {DEFAULT_SEGMENTS}]",
)
@click.option(
    "--read-units-per-second",
    "units_per_second",
    type=click.FloatRange(1),
    default=100.0,
    show_default=True,
    help="Read capacity to use, for all segments together; a unit is 4 KB.",
)
@click.option("--resume", is_flag=True, help="Go on with the unfinished backfill.")
@click.option("--restart", is_flag=True, help="Begin anew, whatever is unfinished.")
@click.option("--dry-run", is_flag=True, help="Show what it takes, publish nothing.")
@click.option("--yes", is_flag=True, help="Begin without a question.")
@json_option("The outcome, or the plan of --dry-run, as a JSON object on stdout.")
def backfill(
    properties: Path | None,
    *,
    resume: bool,
    restart: bool,
    dry_run: bool,
    yes: bool,
    **options: Any,
) -> None:
    """Publish every item of the table as a SNAPSHOT event.

    First it shows what that takes: items, messages, read units, time and dollars. Then it asks. A
    script says --yes.

    For items from before the stream, or from before what it still keeps. Start the worker first, so
    that what changes meanwhile comes by the stream; docs/operations.md says how a subscriber puts
    the two together. Messages have the form that they have from the worker. A position is saved
    only once SNS has everything before it.

    It can be interrupted, killed too, and resumed from any machine: its positions are in DynamoDB,
    beside the lease table. The exit status is 1 when it stopped before its end.

    \b
    Examples:
      stream-publisher backfill --properties my.properties --dry-run
      stream-publisher backfill -p my.properties --yes --read-units-per-second 2000
      stream-publisher backfill --properties my.properties --resume --yes
    """
    if resume and restart:
        raise click.UsageError("say --resume or --restart, not both")
    if not (yes or dry_run) and not is_terminal(sys.stdin):
        raise click.UsageError(
            "nobody can be asked here: add --yes to publish, or --dry-run to see what it takes"
        )
    from consumer.backfill.action import Options, publish_table

    request = BackfillRequest.of(resume=resume, restart=restart)
    publish_table(properties, Options(request=request, dry_run=dry_run, yes=yes, **options))

"""`stream-publisher replay`: its options and help."""

from pathlib import Path

import click

from consumer.terminal.options import json_option, worker_options


@click.command(short_help="Publish changes again, while the workers run.")
@click.option("--from", "start", metavar="START", help="Where to begin; see above.")
@click.option(
    "--shard",
    "shards",
    multiple=True,
    metavar="SHARD_ID",
    help="Only this shard and its descendants; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan, write nothing.")
@click.option("--yes", is_flag=True, help="Write without a question.")
@click.option("--history", is_flag=True, help="Show the replays that were done, and who did them.")
@json_option("The plan or the history as JSON.")
@worker_options
def replay(  # noqa: PLR0913 - a command's options
    start: str | None,
    shards: tuple[str, ...],
    properties: Path | None,
    *,
    dry_run: bool,
    yes: bool,
    history: bool,
    as_json: bool,
) -> None:
    """Publish changes again: set checkpoints back, while the workers run.

    START is a time with its zone (2026-11-23T02:00Z), a time of today or yesterday ("21:47",
    "yesterday 14:00", in this machine's zone unless it names one), how long ago ("1h30m ago"; d, h,
    min, s), a sequence number, trim-horizon (the oldest change that the stream keeps), or latest,
    which skips what is not published yet. The stream is read to find the start in each shard. The
    plan is shown first. Then all of it is written, or nothing. Workers go on by themselves within
    seconds.

    \b
    Examples:
      stream-publisher replay --from "90m ago" --dry-run --properties my.properties
      stream-publisher replay --from "yesterday 14:00" --properties my.properties
      stream-publisher replay --from 2026-11-23T02:00Z --yes --properties my.properties
      stream-publisher replay --history --json
    """
    if history == bool(start):
        raise click.UsageError("give either --from or --history")
    if as_json and start and not (yes or dry_run):
        raise click.UsageError("--json doesn't ask: add --yes or --dry-run")
    from consumer.replay.action import make_replay, show_history

    if start is None:
        show_history(properties, as_json=as_json)
    else:
        make_replay(properties, start, shards, dry_run=dry_run, yes=yes, as_json=as_json)

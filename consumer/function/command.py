"""`stream-publisher simulate`: its options and help."""

from pathlib import Path

import click

from consumer.terminal.options import json_option, worker_options


@click.command(short_help="Show what the Lambda function would make of an event.")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(path_type=Path, allow_dash=True),
)
@worker_options
@click.option("--publish", is_flag=True, help="Publish the messages, and send dead letters.")
@click.option("--verbose", "-v", is_flag=True, help="Show each message whole.")
@json_option("One JSON object a line.")
def simulate(files: tuple[Path, ...], properties: Path | None, **options: bool) -> None:
    """Show what the Lambda function would make of the event in each FILE; - is standard input.

    A message is shown as a line for each of its changes. An event passes through the function's own
    code. Without --publish nothing is asked of AWS, and no setting is required. The topic is then
    taken for one of 256 KiB. What is too large for it counts as kept in the bucket, if one is set.
    Where a setting filters, each record is shown with why it stays or goes. The exit status is 1 if
    Lambda would be told of a failure.

    \b
    Examples:
      stream-publisher simulate samples/batch.json samples/poison.json
      stream-publisher simulate samples/insert.json --verbose
      stream-publisher simulate samples/types.json --json | jq '.body[0].newImage'
      stream-publisher simulate - --publish --properties my.properties < event.json
    """
    from consumer.function.action import simulate_events

    simulate_events(files, properties, **options)

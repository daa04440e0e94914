"""`stream-publisher simulate`: its options and help."""

from pathlib import Path

import click

from consumer.terminal.options import json_option, worker_options


@click.command(short_help="Show what the Lambda function would make of an event.")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@worker_options
@click.option("--publish", is_flag=True, help="Publish the messages, and send dead letters.")
@json_option("One JSON object a line.")
def simulate(file: Path, properties: Path | None, *, publish: bool, as_json: bool) -> None:
    """Show what the Lambda function would make of the event in FILE, or in standard input (-).

    The event passes through the function's own code. Without --publish nothing is asked of AWS, and
    no setting is required. The topic is then taken for one of 256 KiB. What is too large for it
    counts as kept in the bucket, if one is set. Where a setting filters, each record is shown with
    why it stays or goes. The exit status is 1 if Lambda would be told of a failure.

    \b
    Examples:
      stream-publisher simulate samples/batch.json
      stream-publisher simulate samples/types.json --json | jq '.body[0].newImage'
      stream-publisher simulate - --publish --properties my.properties < event.json
    """
    from consumer.function.action import simulate_event

    simulate_event(file, properties, publish=publish, as_json=as_json)

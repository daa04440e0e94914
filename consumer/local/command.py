"""`stream-publisher listen`: its options and help."""

import click

from consumer.terminal.options import json_option


def _topic_arn(_context: click.Context, _parameter: click.Parameter, arn: str) -> str:
    from consumer.settings.forms import TOPIC_ARN

    wrong = TOPIC_ARN.wrong(arn)
    if wrong:
        raise click.BadParameter(f"{arn!r} {wrong}")
    return arn


@click.command()
@click.argument("topic_arn", callback=_topic_arn)
@json_option("One JSON object a line, on stdout.")
@click.option("--max-messages", type=click.IntRange(1), help="Stop after so many messages.")
@click.option("--idle-seconds", type=click.FloatRange(0), help="Stop after so long without one.")
def listen(
    topic_arn: str, *, as_json: bool, max_messages: int | None, idle_seconds: float | None
) -> None:
    """Show batches as they arrive at TOPIC_ARN.

    Subscribes a queue of its own, so that nobody else misses anything, and removes it at the end,
    also after Ctrl-C. Only what is published from now on is shown. A message that points to S3 is
    shown with what lies there, where these credentials may read it.

    \b
    Examples:
      stream-publisher listen arn:aws:sns:eu-west-1:123456789012:changes
      stream-publisher listen TOPIC_ARN --json --max-messages 1 | jq '.entries[0].newImage'
    """
    from consumer.local.action import show_arrivals

    show_arrivals(topic_arn, max_messages, idle_seconds, as_json=as_json)

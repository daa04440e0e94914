"""`stream-publisher listen`: its options and help."""

from typing import TYPE_CHECKING, Any

import click

from consumer.terminal.options import json_option

if TYPE_CHECKING:
    from consumer.local.forward import Target

_EVENTS = ("INSERT", "MODIFY", "REMOVE", "SNAPSHOT")


def _topic_arn(_context: click.Context, _parameter: click.Parameter, arn: str) -> str:
    from consumer.settings.forms import TOPIC_ARN

    wrong = TOPIC_ARN.wrong(arn)
    if wrong:
        raise click.BadParameter(f"{arn!r} {wrong}")
    return arn


def _target(
    _context: click.Context, _parameter: click.Parameter, url: str | None
) -> "Target | None":
    from consumer.local.forward import parse_target

    try:
        return parse_target(url) if url else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(short_help="Show changes as they arrive at TOPIC_ARN.")
@click.argument("topic_arn", callback=_topic_arn)
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(_EVENTS, case_sensitive=False),
    help="Only these events; may be repeated.",
)
@click.option("--filter", "text", default="", metavar="TEXT", help="Only changes with this text.")
@click.option(
    "--forward-to",
    "target",
    metavar="URL",
    callback=_target,
    help="Also POST each message there, as SNS does: http://127.0.0.1:PORT, this machine alone.",
)
@json_option("One JSON object a message and line, on stdout.")
@click.option("--max-messages", type=click.IntRange(1), help="Stop after so many messages.")
@click.option("--idle-seconds", type=click.FloatRange(0), help="Stop after so long without one.")
def listen(topic_arn: str, *, events: tuple[str, ...], text: str, **options: Any) -> None:
    """Show each change as it arrives at TOPIC_ARN, on one line.

    The line has when SNS took it, how long after the change that was, the event, the item's key and
    what has changed. Delay and key need publisher.entryMetadata; without it, the line has what both
    images have in common.

    Subscribes a queue of its own, so that nobody else misses anything, and removes it at the end,
    also after Ctrl-C. Only what is published from now on is shown. A message that points to S3 is
    shown with what lies there, where these credentials may read it.

    \b
    Examples:
      stream-publisher listen arn:aws:sns:eu-west-1:123456789012:changes
      stream-publisher listen TOPIC_ARN --event REMOVE --filter order-7
      stream-publisher listen TOPIC_ARN --forward-to http://127.0.0.1:8000/changes
      stream-publisher listen TOPIC_ARN --json --max-messages 1 | jq '.entries[0].newImage'
    """
    from consumer.local.action import Options, show_arrivals
    from consumer.terminal.change_text import Filter

    show_arrivals(topic_arn, Options(filter=Filter(frozenset(events), text), **options))

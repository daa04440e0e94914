"""`stream-publisher dead-letters`: its commands, their options and help."""

import sys
from pathlib import Path

import click

from consumer.terminal.options import json_option, worker_options
from consumer.terminal.streams import is_terminal


@click.group(
    "dead-letters", short_help="List, show, publish or discard records that weren't published."
)
def dead_letters() -> None:
    """Look at records that could not be published, and publish them after all.

    With publisher.onPoison = dead-letter, such records wait in the queue
    publisher.deadLetterQueueUrl. While they are looked at, the queue hides them from others.

    \b
    Examples:
      stream-publisher dead-letters list --properties my.properties
      stream-publisher dead-letters redrive --all --properties my.properties
    """


@dead_letters.command("list", short_help="List dead letters by reason.")
@click.option("--all", "everything", is_flag=True, help="Every one, not ten of each reason.")
@worker_options
@json_option("One JSON object a line, for every dead letter.")
def list_dead_letters(properties: Path | None, *, everything: bool, as_json: bool) -> None:
    """List dead letters by reason: the item's key, and where its record stands.

    \b
    Examples:
      stream-publisher dead-letters list --properties my.properties
      stream-publisher dead-letters list -p my.properties --json | jq -r .id
    """
    from consumer.dead_letters.action import list_all

    list_all(properties, everything=everything, as_json=as_json)


@dead_letters.command(short_help="Show a dead letter, with both images.")
@click.argument("dead_letter_id")
@worker_options
@json_option("JSON on a terminal, too.")
def show(dead_letter_id: str, properties: Path | None, *, as_json: bool) -> None:
    """Show the dead letter DEAD_LETTER_ID with its record, also from S3.

    A terminal shows the old and the new image side by side. In a pipe it is JSON, with the record
    as it came.

    \b
    Examples:
      stream-publisher dead-letters show ID --properties my.properties
      stream-publisher dead-letters show ID -p my.properties | jq .record.json.dynamodb.NewImage
    """
    from consumer.dead_letters.action import show_one

    show_one(properties, dead_letter_id, as_json=as_json)


@dead_letters.command(short_help="Publish dead letters, and delete each once SNS has taken it.")
@click.argument("dead_letter_ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every dead letter in the queue.")
@worker_options
def redrive(dead_letter_ids: tuple[str, ...], properties: Path | None, *, everything: bool) -> None:
    """Publish dead letters as normal messages, and delete each once SNS has taken it.

    Each message has the attribute redriven = true. The command can be interrupted and repeated: a
    dead letter is deleted only after SNS has answered, so at worst its message comes twice. The
    exit status is 1 if a dead letter could not be published; it then stays in the queue.

    \b
    Examples:
      stream-publisher dead-letters redrive ID --properties my.properties
      stream-publisher dead-letters redrive --all --properties my.properties
    """
    if bool(dead_letter_ids) == everything:
        raise click.UsageError("name the dead letters, or say --all")
    from consumer.dead_letters.action import redrive_chosen

    redrive_chosen(properties, dead_letter_ids)


@dead_letters.command(short_help="Delete dead letters that nobody will publish.")
@click.argument("dead_letter_ids", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Delete without a question.")
@worker_options
def discard(dead_letter_ids: tuple[str, ...], properties: Path | None, *, yes: bool) -> None:
    """Delete dead letters without publishing them. Their changes are lost to subscribers.

    For what can never be published, such as a message of somebody else. The exit status is 1 if one
    is not deleted.

    \b
    Examples:
      stream-publisher dead-letters show ID --properties my.properties > ID.json
      stream-publisher dead-letters discard ID --yes --properties my.properties
    """
    if not yes and not is_terminal(sys.stdin):
        raise click.UsageError("nobody can be asked here: add --yes")
    from consumer.dead_letters.action import discard_chosen

    discard_chosen(properties, dead_letter_ids, yes=yes)

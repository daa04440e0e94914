"""`stream-publisher dead-letters`: its commands, their options and help."""

from pathlib import Path

import click

from consumer.terminal.options import json_option, worker_options


@click.group(
    "dead-letters", short_help="List, show and redrive records that could not be published."
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


@dead_letters.command("list", short_help="List every dead letter and its reason.")
@worker_options
@json_option("One JSON object a line.")
def list_dead_letters(properties: Path | None, *, as_json: bool) -> None:
    """List every dead letter: where its record stands and what was wrong with it."""
    from consumer.dead_letters.action import list_all

    list_all(properties, as_json=as_json)


@dead_letters.command(short_help="Show a dead letter as JSON, with the record as it came.")
@click.argument("dead_letter_id")
@worker_options
def show(dead_letter_id: str, properties: Path | None) -> None:
    """Show the dead letter DEAD_LETTER_ID as JSON, with its record, also from S3."""
    from consumer.dead_letters.action import show_one

    show_one(properties, dead_letter_id)


@dead_letters.command(short_help="Publish dead letters, and delete each once SNS has taken it.")
@click.argument("dead_letter_ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every dead letter in the queue.")
@worker_options
def redrive(dead_letter_ids: tuple[str, ...], properties: Path | None, *, everything: bool) -> None:
    """Publish dead letters as normal messages, and delete each once SNS has taken it.

    Each message has the attribute redriven = true. The command can be interrupted and repeated: a
    dead letter is deleted only after SNS has answered, so at worst its message comes twice. The
    exit status is 1 if a dead letter could not be published; it then stays in the queue.
    """
    if bool(dead_letter_ids) == everything:
        raise click.UsageError("name the dead letters, or say --all")
    from consumer.dead_letters.action import redrive_chosen

    redrive_chosen(properties, dead_letter_ids)

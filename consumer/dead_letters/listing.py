"""How `stream-publisher dead-letters list` shows dead letters."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.text import Text

from consumer.dead_letters.images import keys_of, keys_text
from consumer.delivery.sqs_dead_letters import QueuedDeadLetter
from consumer.publishing.dead_letter import DeadLetter
from consumer.terminal.output import Console
from consumer.terminal.plurals import counted

MOST_OF_A_REASON = 10
"""How many dead letters of one reason are listed unless all are asked for."""


def is_complete(dead_letter: DeadLetter) -> bool:
    """Whether its record can be had."""
    return bool(dead_letter.data or dead_letter.elsewhere)


def summary(queued: QueuedDeadLetter) -> Mapping[str, Any]:
    """Return a dead letter as a JSON object, without its record."""
    dead_letter, envelope = queued.dead_letter, queued.envelope
    if dead_letter is None or envelope is None:
        return {"id": queued.message_id, "reason": "not a dead letter of this program"}
    return {
        "id": queued.message_id,
        "time": envelope.time,
        "table": envelope.table,
        "shardId": dead_letter.shard_id,
        "sequenceNumber": dead_letter.sequence_number,
        "keys": keys_of(queued.text),
        "class": dead_letter.failure,
        "reason": dead_letter.reason,
        "complete": is_complete(dead_letter),
    }


def print_dead_letters(
    console: Console, found: Sequence[QueuedDeadLetter], *, everything: bool = False
) -> None:
    """Print dead letters by reason, most frequent first, and how many there are.

    Args:
        console: Where.
        found: The dead letters.
        everything: Whether to print all; else the first ten of each reason.
    """
    groups = _by_reason([summary(queued) for queued in found])
    for reason, members in groups:
        console.print(
            Text(f"{counted(len(members), 'dead letter')}: {reason}", style="bold"), soft_wrap=True
        )
        listed = members if everything else members[:MOST_OF_A_REASON]
        for member in listed:
            _print_row(console, member)
        if left := len(members) - len(listed):
            console.print(Text(f"  and {left:,} more; --all lists them"))
        console.print()
    reasons = f", {counted(len(groups), 'reason')}" if len(groups) > 1 else ""
    console.print(f"{counted(len(found), 'dead letter')}{reasons}", highlight=False)


def _by_reason(
    summaries: Sequence[Mapping[str, Any]],
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Group dead letters, those of the most frequent reason first, the oldest first in each."""

    def reason(told: Mapping[str, Any]) -> str:
        return str(told["reason"]).strip()

    ordered = sorted(summaries, key=lambda told: (reason(told), told.get("time", "")))
    groups = [(name, list(members)) for name, members in groupby(ordered, reason)]
    return sorted(groups, key=lambda group: (-len(group[1]), group[0]))


def _print_row(console: Console, told: Mapping[str, Any]) -> None:
    """Print one: nothing of it is cut, it can be copied."""
    if "time" not in told:
        console.print(Text(f"  {told['id']}"), soft_wrap=True)
        return
    time = f"{told['time'][:19].replace('T', ' ')}Z"
    console.print(Text(f"  {told['id']}  {time}  {keys_text(told['keys'])}"), soft_wrap=True)
    place = f"      {told['table']}  {told['shardId']}  {told['sequenceNumber']}"
    console.print(Text(place, style="dim"), soft_wrap=True)

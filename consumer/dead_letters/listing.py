"""How `stream-publisher dead-letters list` shows dead letters."""

from collections.abc import Mapping, Sequence
from typing import Any

from consumer.delivery.sqs_dead_letters import QueuedDeadLetter
from consumer.publishing.dead_letter import DeadLetter
from consumer.terminal.blocks import print_block
from consumer.terminal.output import Console
from consumer.terminal.plurals import counted

_SHOWN = {
    "time": "time",
    "table": "table",
    "shardId": "shard",
    "sequenceNumber": "sequence number",
    "reason": "what is wrong",
}


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
        "class": dead_letter.failure,
        "reason": dead_letter.reason,
        "complete": is_complete(dead_letter),
    }


def print_dead_letters(console: Console, found: Sequence[QueuedDeadLetter]) -> None:
    """Print dead letters one below the other, and how many there are."""
    for queued in found:
        told = summary(queued)
        facts = {shown: str(told[name]) for name, shown in _SHOWN.items() if name in told}
        print_block(console, str(told["id"]), facts)
    console.print(counted(len(found), "dead letter"), highlight=False)

"""How `stream-publisher dead-letters list` shows letters."""

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


def is_complete(letter: DeadLetter) -> bool:
    """Whether the letter's record can be had."""
    return bool(letter.data or letter.elsewhere)


def summary(kept: QueuedDeadLetter) -> Mapping[str, Any]:
    """Return a letter as a JSON object, without its record."""
    letter, envelope = kept.letter, kept.envelope
    if letter is None or envelope is None:
        return {"id": kept.message_id, "reason": "not a dead letter of this program"}
    return {
        "id": kept.message_id,
        "time": envelope.time,
        "table": envelope.table,
        "shardId": letter.shard_id,
        "sequenceNumber": letter.sequence_number,
        "class": letter.failure,
        "reason": letter.reason,
        "complete": is_complete(letter),
    }


def print_dead_letters(console: Console, found: Sequence[QueuedDeadLetter]) -> None:
    """Print dead letters one below the other, and how many there are."""
    for kept in found:
        told = summary(kept)
        facts = {shown: str(told[name]) for name, shown in _SHOWN.items() if name in told}
        print_block(console, str(told["id"]), facts)
    console.print(counted(len(found), "letter"), highlight=False)

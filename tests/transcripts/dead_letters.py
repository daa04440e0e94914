"""`dead-letters`, with some in the queue and with mistakes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.builders import a_document
from tests.dead_letters.office import open_office
from tests.transcripts.transcript import Command, Stage, Transcript

_CHANGED = {
    **a_document(9),
    "dynamodb": {
        "Keys": {"id": {"S": "order-9"}},
        "OldImage": {"id": {"S": "order-9"}, "amount": {"N": "10"}, "note": {"S": "[a-z]"}},
        "NewImage": {"id": {"S": "order-9"}, "amount": {"N": "12.50"}, "paid": {"BOOL": True}},
        "SequenceNumber": "300000000000000001300",
    },
}


@contextmanager
def _stage() -> Iterator[Stage]:
    with open_office() as office:
        reason = "Invalid parameter: Message too long"
        office.put(7, reason=reason)
        office.put(300000000000000001300, json.dumps(_CHANGED).encode(), reason)
        office.put(8, b"\xff", "not JSON")
        _, changed, hopeless = [letter["id"] for letter in office.listed()]
        yield Stage(office.environ(), _commands(changed, hopeless))


def _commands(changed: str, hopeless: str) -> list[Command]:
    called = "stream-publisher dead-letters"
    return [
        Command(f"{called} list"),
        Command(f"{called} show {changed}"),
        Command(f"{called} show no-such-id"),
        Command(f"{called} redrive"),
        Command(f"{called} redrive --all"),
        Command(f"{called} discard {hopeless}", typed="n\n"),
        Command(f"{called} discard {hopeless} --yes"),
        Command(f"{called} list"),
    ]


DEAD_LETTERS = Transcript(
    "dead-letters",
    "Three dead letters are in the queue: of two the message was too long for SNS, one can't be "
    "read.",
    _stage,
)

"""A dead letter as the queue keeps it."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from consumer.publishing.poison import Letter
from consumer.publishing.s3_location import Place
from consumer.publishing.xml_safe import escape

QUEUE_LIMIT = 262_144
"""The most bytes of a letter: what a queue takes at the least, as checks before a start see to."""

Keep = Callable[[Letter, "Envelope"], Place]
"""Keeps a letter's record, and returns where."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a letter is kept with.

    Attributes:
        table: The table whose change it is.
        worker_id: The worker that could not publish it.
        time: When that was, as ISO 8601 in UTC.
    """

    table: str
    worker_id: str
    time: str


def seal(letter: Letter, envelope: Envelope, keep: Keep | None = None) -> str:
    """Write a letter as the text of a queue's message, without its record where that doesn't fit.

    Args:
        letter: The letter.
        envelope: What it is kept with.
        keep: Keeps a record that doesn't fit.
    """
    whole = whole_text(letter, envelope)
    fits = len(whole.encode()) <= QUEUE_LIMIT
    return whole if fits else seal_without(letter, envelope, keep)


def seal_without(letter: Letter, envelope: Envelope, keep: Keep | None = None) -> str:
    """Write a letter without its record.

    Args:
        letter: The letter.
        envelope: What it is kept with.
        keep: Keeps the record. Without it only the item's keys and the place in the stream are
            kept, marked by `"complete": false`: the stream has the record for 24 hours, the table
            the item as long as it isn't changed.
    """
    if keep is None:
        return _text(letter, envelope, _keys(letter.data), complete=False)
    place = keep(letter, envelope)
    elsewhere = {"s3": {"bucket": place.bucket, "key": place.key}}
    return _text(letter, envelope, elsewhere, complete=True)


def whole_text(letter: Letter, envelope: Envelope) -> str:
    """Write a letter with its record, however large that is."""
    return _text(letter, envelope, _record(letter.data), complete=True)


def letter_key(letter: Letter, envelope: Envelope) -> str:
    """Return the key of a letter's record in S3: the same record has the same one."""
    return f"letters/{envelope.table}/{letter.shard_id}/{letter.sequence_number}"


def open_letter(text: str) -> tuple[Letter, Envelope]:
    """Read what `seal` wrote; of a record that was left out or lies elsewhere, `data` is empty.

    Raises:
        ValueError: It is something else.
    """
    document = orjson.loads(text)
    try:
        letter = Letter(
            shard_id=document["shardId"],
            sequence_number=document["sequenceNumber"],
            data=_data(document["record"]) if document["complete"] else b"",
            reason=document["reason"],
            failure=document["class"],
            elsewhere=_elsewhere(document["record"]),
        )
        envelope = Envelope(document["table"], document["workerId"], document["time"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a dead letter of this program: {error}") from error
    return letter, envelope


def _text(letter: Letter, envelope: Envelope, record: Any, *, complete: bool) -> str:  # noqa: ANN401
    document = {
        "table": envelope.table,
        "shardId": letter.shard_id,
        "sequenceNumber": letter.sequence_number,
        "class": letter.failure,
        "reason": letter.reason[:2000],
        "time": envelope.time,
        "workerId": envelope.worker_id,
        "complete": complete,
        "record": record,
    }
    return escape(orjson.dumps(document)).decode()


def _record(data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The record as JSON where it is JSON, so that a person can read it; else as base64."""
    try:
        return {"json": orjson.loads(data)}
    except orjson.JSONDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _keys(data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The keys of the changed item, where they can be read."""
    try:
        return {"keys": orjson.loads(data)["dynamodb"]["Keys"]}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {"keys": None}


def _elsewhere(record: Mapping[str, Any]) -> Place | None:
    if "s3" not in record:
        return None
    return Place(record["s3"]["bucket"], record["s3"]["key"])


def _data(record: Mapping[str, Any]) -> bytes:
    if "s3" in record:
        return b""
    if "base64" in record:
        return base64.b64decode(record["base64"])
    return orjson.dumps(record["json"])

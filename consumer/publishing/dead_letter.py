"""A dead letter as the queue keeps it."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from consumer.publishing.poison import DeadLetter
from consumer.publishing.s3_location import S3Location
from consumer.publishing.xml_safe import xml_safe

QUEUE_LIMIT = 262_144
"""The most bytes of a letter: what a queue takes at the least, as checks before a start see to."""

KeepRecord = Callable[[DeadLetter, "Envelope"], S3Location]
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


def encode_dead_letter(
    letter: DeadLetter, envelope: Envelope, keep: KeepRecord | None = None
) -> str:
    """Write a letter as the text of a queue's message, without its record where that doesn't fit.

    Args:
        letter: The letter.
        envelope: What it is kept with.
        keep: Keeps a record that doesn't fit.
    """
    whole = encode_whole(letter, envelope)
    fits = len(whole.encode()) <= QUEUE_LIMIT
    return whole if fits else encode_without_record(letter, envelope, keep)


def encode_without_record(
    letter: DeadLetter, envelope: Envelope, keep: KeepRecord | None = None
) -> str:
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


def encode_whole(letter: DeadLetter, envelope: Envelope) -> str:
    """Write a letter with its record, however large that is."""
    return _text(letter, envelope, _record(letter.data), complete=True)


def record_key(letter: DeadLetter, envelope: Envelope) -> str:
    """Return the key of a letter's record in S3: the same record has the same one."""
    return f"letters/{envelope.table}/{letter.shard_id}/{letter.sequence_number}"


def decode_dead_letter(text: str) -> tuple[DeadLetter, Envelope]:
    """Read what `encode_dead_letter` wrote; `data` is empty where the record is not in the text.

    Raises:
        ValueError: It is something else.
    """
    document = orjson.loads(text)
    try:
        letter = DeadLetter(
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


def _text(letter: DeadLetter, envelope: Envelope, record: Any, *, complete: bool) -> str:  # noqa: ANN401
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
    return xml_safe(orjson.dumps(document)).decode()


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


def _elsewhere(record: Mapping[str, Any]) -> S3Location | None:
    if "s3" not in record:
        return None
    return S3Location(record["s3"]["bucket"], record["s3"]["key"])


def _data(record: Mapping[str, Any]) -> bytes:
    if "s3" in record:
        return b""
    if "base64" in record:
        return base64.b64decode(record["base64"])
    return orjson.dumps(record["json"])

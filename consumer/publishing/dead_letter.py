"""A dead letter: a record that can't be published, and the text of it that the queue keeps."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from consumer.publishing.errors import FailureName
from consumer.publishing.s3_location import S3Location
from consumer.publishing.xml_safe import xml_safe

RECORD_FOLDER = "letters"
"""The folder of the bucket for records that are too large for the queue."""

QUEUE_LIMIT = 262_144
"""The most bytes of a dead letter. The checks before a start see that the queue takes so many."""

_MOST_OF_A_REASON = 2000
_SHARD_ID = re.compile("[!-~]{1,300}")
_NUMBER = re.compile("[0-9]{1,64}")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that can't be published, and why.

    Attributes:
        shard_id: Its shard.
        sequence_number: Its sequence number in the shard.
        data: The record as it came from the stream.
        reason: What is wrong with it.
        failure: The class of its failure.
        elsewhere: Where a record lies that was too large for the queue. `data` is then empty until
            somebody has fetched it.
    """

    shard_id: str
    sequence_number: str
    data: bytes
    reason: str
    failure: FailureName = "record's"
    elsewhere: S3Location | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a dead letter is kept with.

    Attributes:
        table: The table whose change it is.
        worker_id: The worker that could not publish it.
        time: When that was, as ISO 8601 in UTC.
    """

    table: str
    worker_id: str
    time: str


KeepRecord = Callable[[DeadLetter, Envelope], S3Location]
"""Keeps a dead letter's record, and returns where."""


def encode_dead_letter(
    dead_letter: DeadLetter, envelope: Envelope, keep: KeepRecord | None = None
) -> str:
    """Write a dead letter as the text of a queue's message; leave its record out if too large.

    Args:
        dead_letter: The dead letter.
        envelope: What it is kept with.
        keep: Keeps a record that is too large for the queue.
    """
    whole = encode_whole(dead_letter, envelope)
    fits = len(whole.encode()) <= QUEUE_LIMIT
    return whole if fits else encode_without_record(dead_letter, envelope, keep)


def encode_without_record(
    dead_letter: DeadLetter, envelope: Envelope, keep: KeepRecord | None = None
) -> str:
    """Write a dead letter without its record.

    Args:
        dead_letter: The dead letter.
        envelope: What it is kept with.
        keep: Keeps the record. Without it, the text has only the item's keys and the sequence
            number, and is marked by `"complete": false`. The stream has the record for 24 hours,
            and the table has the item as long as nobody changes it.
    """
    if keep is None:
        return _text(dead_letter, envelope, _keys(dead_letter.data), complete=False)
    location = keep(dead_letter, envelope)
    elsewhere = {"s3": {"bucket": location.bucket, "key": location.key}}
    return _text(dead_letter, envelope, elsewhere, complete=True)


def encode_whole(dead_letter: DeadLetter, envelope: Envelope) -> str:
    """Write a dead letter with its record, however large that is."""
    return _text(dead_letter, envelope, _record(dead_letter.data), complete=True)


def record_key(dead_letter: DeadLetter, envelope: Envelope) -> str:
    """Return the S3 key of a dead letter's record: the same record has the same one."""
    place = f"{dead_letter.shard_id}/{dead_letter.sequence_number}"
    return f"{RECORD_FOLDER}/{envelope.table}/{place}"


def decode_dead_letter(text: str) -> tuple[DeadLetter, Envelope]:
    """Read what `encode_dead_letter` wrote; `data` is empty where the record is not in the text.

    Raises:
        ValueError: It is something else.
    """
    match orjson.loads(text):
        case {
            "table": str(table),
            "shardId": str(shard_id),
            "sequenceNumber": str(sequence_number),
            "class": "record's" | "batch's" | "passing" as failure,
            "reason": str(reason),
            "time": str(time),
            "workerId": str(worker_id),
            "complete": bool(complete),
            "record": dict(record),
        } if _SHARD_ID.fullmatch(shard_id) and _NUMBER.fullmatch(sequence_number):
            data, elsewhere = _read_record(record, complete=complete)
            dead_letter = DeadLetter(shard_id, sequence_number, data, reason, failure, elsewhere)
            return dead_letter, Envelope(table, worker_id, time)
    raise ValueError("not a dead letter of this program")


def _read_record(record: Mapping[str, Any], *, complete: bool) -> tuple[bytes, S3Location | None]:
    """Return the record, or where it lies; neither where the dead letter has its keys only."""
    if not complete:
        return b"", None
    match record:
        case {"s3": {"bucket": str(bucket), "key": str(key)}}:
            return b"", S3Location(bucket, key)
        case {"base64": str(text)}:
            return base64.b64decode(text, validate=True), None
        case {"json": document}:
            return orjson.dumps(document), None
    raise ValueError("not a dead letter of this program: it has no record")


def _text(dead_letter: DeadLetter, envelope: Envelope, record: Any, *, complete: bool) -> str:  # noqa: ANN401
    document = {
        "table": envelope.table,
        "shardId": dead_letter.shard_id,
        "sequenceNumber": dead_letter.sequence_number,
        "class": dead_letter.failure,
        "reason": dead_letter.reason[:_MOST_OF_A_REASON],
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

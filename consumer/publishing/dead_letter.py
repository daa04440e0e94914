"""A dead letter: a record that can't be published, and the text of it that the queue keeps."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from consumer.publishing.errors import FailureName
from consumer.publishing.s3_location import S3Location
from consumer.publishing.xml_safe import xml_safe

QUEUE_LIMIT = 262_144
"""The most bytes of a dead letter. The checks before a start see that the queue takes so many."""

_MOST_OF_A_REASON = 2000


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
    return f"letters/{envelope.table}/{dead_letter.shard_id}/{dead_letter.sequence_number}"


def decode_dead_letter(text: str) -> tuple[DeadLetter, Envelope]:
    """Read what `encode_dead_letter` wrote; `data` is empty where the record is not in the text.

    Raises:
        ValueError: It is something else.
    """
    document = orjson.loads(text)
    try:
        dead_letter = DeadLetter(
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
    return dead_letter, envelope


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

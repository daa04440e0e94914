"""A batch as SNS carries it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from consumer.publishing.batches import Batch
from consumer.publishing.envelope import EnvelopeName, attributes_of_form, body_of, wrapped
from consumer.publishing.errors import RecordError
from consumer.publishing.fifo_id import fifo_id
from consumer.publishing.grouping import Grouping
from consumer.publishing.plain_json import plain_image
from consumer.publishing.records import ChangeRecord, EventKind, Image
from consumer.publishing.xml_safe import xml_safe

AttributeValue = str | int | Sequence[str]
"""A message attribute: of the type String, Number or String.Array at SNS."""


@dataclass(frozen=True, slots=True)
class MessageForm:
    """How messages of one shard are written.

    Attributes:
        table: The table's name, for the message's attributes.
        shard_id: The shard's id, for the message's attributes.
        subject: The message's Subject.
        entry_metadata: Whether entries also carry eventID, keys, region, sequenceNumber, time and
            userIdentity, and an attribute tells of deletes by TTL.
        plain_images: Whether images are plain JSON rather than DynamoDB JSON.
        redriven: Whether the message was a dead letter; an attribute then says so.
        group_id: What a FIFO topic keeps in order without a grouping; None for the shard.
        grouping: How a FIFO topic's changes are put into groups; None where they all are in one.
        most_changes: The most changes of a message; None for all that are collected.
        envelope: The form of the body.
    """

    table: str
    shard_id: str
    subject: str
    entry_metadata: bool = False
    plain_images: bool = False
    redriven: bool = False
    group_id: str | None = None
    grouping: Grouping | None = None
    most_changes: int | None = None
    envelope: EnvelopeName = "list"

    def group_of(self, record: ChangeRecord) -> str:
        """The message group of a change."""
        if self.grouping:
            return self.grouping.group_of(record, self.table)
        return self.group_id or self.shard_id


@dataclass(frozen=True)
class Message:
    """What is published. The same batch in the same form always gives the same message.

    Attributes:
        subject: Its Subject.
        body: A JSON list with an entry for each record, or what the envelope makes of them.
        attributes: Its message attributes.
        group_id: What a FIFO topic keeps in order: by default the shard.
        deduplication_id: How a FIFO topic knows a repeat: shard, first and last sequence number,
            and the grouping, which says what lies between them.
        oldest_at_millis: When the oldest of its changes was made, in milliseconds since 1970 UTC;
            None where no record says so.
    """

    subject: str
    body: str
    attributes: Mapping[str, AttributeValue]
    group_id: str
    deduplication_id: str
    oldest_at_millis: int | None

    @cached_property
    def size(self) -> int:
        """Bytes that count against the topic's limit: of Subject, body and attributes.

        SNS's documents don't say whether the Subject counts. If it doesn't, some room is left.
        """
        return len(self.body.encode()) + size_beside_body(self.subject, self.attributes)


def size_beside_body(subject: str, attributes: Mapping[str, AttributeValue]) -> int:
    """Return how many bytes of a message's size its Subject and its attributes are."""
    return len(subject.encode()) + sum(
        len(name.encode()) + len(data_type(value)) + len(attribute_text(value).encode())
        for name, value in attributes.items()
    )


def data_type(value: AttributeValue) -> str:
    """SNS's name of an attribute's type."""
    if isinstance(value, str):
        return "String"
    return "Number" if isinstance(value, int) else "String.Array"


def attribute_text(value: AttributeValue) -> str:
    """An attribute's value in SNS's notation."""
    if isinstance(value, str | int):
        return str(value)
    return orjson.dumps(list(value)).decode()


def encode_message(batch: Batch, form: MessageForm) -> Message:
    """Write a batch as a message.

    Raises:
        RecordError: A record's image can't be written, for example as plain JSON.
    """
    return assemble(batch, [encode_entry(record, form) for record in batch.records], form)


def encode_entry(record: ChangeRecord, form: MessageForm) -> bytes:
    """Write the entry of one record.

    Raises:
        RecordError: The record's image can't be written, for example as plain JSON.
    """
    try:
        entry = orjson.dumps(_entry(record, form), option=_OPTIONS)
        return xml_safe(wrapped(record, entry, form.envelope, form.table))
    except orjson.JSONEncodeError as error:
        raise RecordError(record.sequence_number, f"not DynamoDB JSON: {error}") from error


def assemble(batch: Batch, entries: Sequence[bytes], form: MessageForm) -> Message:
    """Put a message together from the entries of a batch's records."""
    return Message(
        subject=form.subject,
        body=body_of(entries, form.envelope),
        attributes=attributes_of(batch, form),
        group_id=fifo_id(form.group_of(batch.records[0])),
        deduplication_id=_deduplication_id(batch, form),
        oldest_at_millis=_oldest(batch),
    )


def attributes_of(batch: Batch, form: MessageForm) -> Mapping[str, AttributeValue]:
    """Return the attributes of a batch's message."""
    kinds = {record.kind for record in batch.records}
    return attributes_from(batch.records[0], batch.records[-1], len(batch.records), kinds, form)


def attributes_from(
    first: ChangeRecord,
    last: ChangeRecord,
    count: int,
    kinds: AbstractSet[EventKind],
    form: MessageForm,
) -> Mapping[str, AttributeValue]:
    """Return the attributes of a message of so many records, from the first to the last."""
    if form.envelope == "change":
        place: Mapping[str, AttributeValue] = {
            "sequenceNumber": first.sequence_number,
            "eventName": first.event_name,
        }
    else:
        place = {
            "firstSequenceNumber": first.sequence_number,
            "lastSequenceNumber": last.sequence_number,
            "recordCount": count,
            "eventNames": sorted({name for name, _ in kinds}),
        }
    return {
        "table": form.table,
        "shardId": form.shard_id,
        **place,
        **({"ttlDeletes": _ttl_deletes(kinds)} if form.entry_metadata else {}),
        **({"redriven": "true"} if form.redriven else {}),
        **attributes_of_form(form.envelope),
    }


def _ttl_deletes(kinds: AbstractSet[EventKind]) -> str:
    """Return how many of the changes are deletes by TTL: a filter policy parts messages by it."""
    by_ttl = {is_by_ttl for _, is_by_ttl in kinds}
    if by_ttl == {True}:
        return "all"
    return "some" if True in by_ttl else "none"


# The stream may give attributes in another order at the next read: the bytes must not depend on it.
_OPTIONS = orjson.OPT_SORT_KEYS


def _entry(record: ChangeRecord, form: MessageForm) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "eventName": record.event_name,
        "newImage": _image(record, record.new_image, form),
        "oldImage": _image(record, record.old_image, form),
    }
    return entry | _metadata(record, form) if form.entry_metadata else entry


def _metadata(record: ChangeRecord, form: MessageForm) -> dict[str, Any]:
    return {
        "eventID": record.event_id,
        "keys": _image(record, record.keys, form),
        "sequenceNumber": record.sequence_number,
        "time": record.created_at_millis,
        **({"region": record.region} if record.region else {}),
        **({"userIdentity": record.user_identity} if record.user_identity else {}),
    }


def _image(record: ChangeRecord, image: Image | None, form: MessageForm) -> Image | None:
    if image is None or not form.plain_images:
        return image
    try:
        return plain_image(image)
    except (ValueError, AttributeError, TypeError) as error:
        raise RecordError(record.sequence_number, f"not DynamoDB JSON: {error}") from error


def _deduplication_id(batch: Batch, form: MessageForm) -> str:
    numbers = f"{form.shard_id}/{batch.first_sequence_number}-{batch.last_sequence_number}"
    return fifo_id(f"{numbers}/{form.grouping.name}" if form.grouping else numbers)


def _oldest(batch: Batch) -> int | None:
    times = (record.created_at_millis for record in batch.records)
    return min((time for time in times if time is not None), default=None)

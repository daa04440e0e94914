"""One change of one item, decoded from the bytes of a stream record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

import orjson

from consumer.publishing.errors import RecordError

EventName = Literal["INSERT", "MODIFY", "REMOVE"]
"""What happened to an item, in the stream's words."""
SnapshotName = Literal["SNAPSHOT"]
"""The event name of an item that a backfill has read; the stream has no such name."""
Image = Mapping[str, Any]
"""An item in DynamoDB JSON: attribute name to `{"S": "text"}`, `{"N": "1.50"}`, …"""

EventKind = tuple[str, bool]
"""A change's event name, and whether DynamoDB's time to live (TTL) made it."""

STREAM_EVENTS: frozenset[str] = frozenset(get_args(EventName))
SNAPSHOT_EVENTS: frozenset[str] = frozenset(get_args(SnapshotName))

_TTL = ("Service", "dynamodb.amazonaws.com")


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as the daemon delivers it.

    Attributes:
        sequence_number: A decimal number, as text; greater means later in the shard.
        data: A UTF-8 JSON object in the form of the DynamoDB Streams API.
    """

    sequence_number: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One change of one item.

    Attributes:
        sequence_number: Its sequence number in the shard.
        event_name: What happened to the item.
        new_image: The item after the change, None when it is gone.
        old_image: The item before the change, None when there was none.
        keys: The item's key attributes.
        event_id: The stream's own identity of this change, empty when it gave none.
        created_at_millis: About when the change was made, in milliseconds since 1970 UTC.
        data: The record as it came.
        user_identity: Who made the change, with `type` and `principalId`; empty where the stream
            doesn't say. It does for deletes by TTL.
        region: The stream's region, None where the record doesn't name it.
        document: The record as JSON reads it, for filters.
    """

    sequence_number: str
    event_name: EventName | SnapshotName
    new_image: Image | None
    old_image: Image | None
    keys: Image
    event_id: str
    created_at_millis: int | None
    data: bytes
    user_identity: Mapping[str, Any]
    region: str | None
    document: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def item(self) -> bytes:
        """The item's identity within its table: all its changes have the same."""
        try:
            return orjson.dumps(self.keys, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            return b""  # DynamoDB has no such keys: count them all as one item

    @property
    def kind(self) -> EventKind:
        """Its event name, and whether DynamoDB's TTL deleted the item."""
        made_by = self.user_identity.get("type"), self.user_identity.get("principalId")
        return self.event_name, self.event_name == "REMOVE" and made_by == _TTL


def decode_record(raw: RawRecord, event_names: frozenset[str] = STREAM_EVENTS) -> ChangeRecord:
    """Read a record.

    Args:
        raw: The record.
        event_names: The allowed event names: the stream's, or a backfill's.

    Raises:
        RecordError: The data is not JSON, or not a change of an item.
    """
    document = _json_object(raw)
    change = _member(raw, document, "dynamodb")
    return ChangeRecord(
        sequence_number=raw.sequence_number,
        event_name=_event_name(raw, document, event_names),
        new_image=_member(raw, change, "NewImage") or None,
        old_image=_member(raw, change, "OldImage") or None,
        keys=_member(raw, change, "Keys"),
        event_id=str(document.get("eventID") or ""),
        created_at_millis=_created_at(raw, change),
        data=raw.data,
        user_identity=_member(raw, document, "userIdentity"),
        region=str(document.get("awsRegion") or "") or None,
        document=document,
    )


def _json_object(raw: RawRecord) -> Mapping[str, Any]:
    try:
        document = orjson.loads(raw.data)
    except orjson.JSONDecodeError as error:
        raise RecordError(raw.sequence_number, f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise RecordError(raw.sequence_number, "not a JSON object")
    return document


def _event_name(
    raw: RawRecord, document: Mapping[str, Any], event_names: frozenset[str]
) -> EventName | SnapshotName:
    name = document.get("eventName")
    if not isinstance(name, str) or name not in event_names:
        known = ", ".join(sorted(event_names))
        raise RecordError(raw.sequence_number, f"eventName is {name!r}, not one of {known}")
    return cast("EventName | SnapshotName", name)


def _member(raw: RawRecord, parent: Mapping[str, Any], name: str) -> Image:
    """Return the object under `name`; an absent one may be `{}`, null or missing."""
    value = parent.get(name)
    if value is None and name != "dynamodb":
        return {}
    if not isinstance(value, dict):
        raise RecordError(raw.sequence_number, f"{name} is not a JSON object")
    return value


def _created_at(raw: RawRecord, change: Mapping[str, Any]) -> int | None:
    value = change.get("ApproximateCreationDateTime")
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise RecordError(raw.sequence_number, "ApproximateCreationDateTime is not a whole number")

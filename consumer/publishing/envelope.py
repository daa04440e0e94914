"""Envelopes: in which form entries leave, and how they are found in a message's body again."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import orjson

from consumer.publishing.errors import RecordError
from consumer.publishing.records import ChangeRecord

EnvelopeName = Literal["list", "cloudevents", "change"]
"""A list of entries, a list of CloudEvents with an entry each, or one entry alone."""

Entry = Mapping[str, Any]

ATTRIBUTE = "envelope"
"""The message attribute that names form and version, where it isn't the list."""

VERSIONS: Mapping[EnvelopeName, str] = {
    "list": "list/1",
    "cloudevents": "cloudevents/1",
    "change": "change/1",
}
"""What names the form and the version of each; the schemas have the same names."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def attributes_of_form(envelope: EnvelopeName) -> Mapping[str, str]:
    """Return the message attribute that names the form; none of the default."""
    return {} if envelope == "list" else {ATTRIBUTE: VERSIONS[envelope]}


def wrapped(record: ChangeRecord, entry: bytes, envelope: EnvelopeName, table: str) -> bytes:
    """Return an entry as it stands in the body.

    Args:
        record: The change.
        entry: What is told of it, as JSON.
        envelope: The form.
        table: The table's name.

    Raises:
        RecordError: The change's time is none, so that it can't be written.
    """
    if envelope != "cloudevents":
        return entry
    return orjson.dumps(_cloud_event(record, entry, table))


def body_of(entries: Sequence[bytes], envelope: EnvelopeName) -> str:
    """Return the body of a message; a message of the form `change` has one entry."""
    return entries[0].decode() if envelope == "change" else f"[{b','.join(entries).decode()}]"


def entries_in(body: str, read_fraction: Callable[[str], Any] = float) -> Sequence[Entry]:
    """Return the entries in a body of any form; none where it is somebody else's.

    Args:
        body: The body.
        read_fraction: Reads a number with a fraction; a float rounds those of plain images.
    """
    try:
        document = json.loads(body, parse_float=read_fraction)
    except ValueError:
        return ()
    told = document if isinstance(document, list) else [document]
    entries = [_unwrapped(each) for each in told]
    are_ours = all(isinstance(entry, dict) and "eventName" in entry for entry in entries)
    return entries if are_ours else ()


def _unwrapped(told: Any) -> Any:  # noqa: ANN401 - any JSON value
    is_event = isinstance(told, dict) and "specversion" in told
    return told.get("data") if is_event else told


def _cloud_event(record: ChangeRecord, entry: bytes, table: str) -> Mapping[str, Any]:
    """A CloudEvent 1.0 in JSON; `sequencenumber` is an extension."""
    return {
        "specversion": "1.0",
        "id": record.event_id or record.sequence_number,
        "source": f"aws:dynamodb:{table}",
        "type": f"com.amazonaws.dynamodb.{record.event_name}",
        **({"subject": record.item.decode()} if record.item else {}),
        **({} if record.created_at_millis is None else {"time": _time(record)}),
        "datacontenttype": "application/json",
        "sequencenumber": record.sequence_number,
        "data": orjson.Fragment(entry),
    }


def _time(record: ChangeRecord) -> str:
    """The time as RFC 3339 has it."""
    try:
        made_at = _EPOCH + timedelta(milliseconds=record.created_at_millis or 0)
    except OverflowError:
        raise RecordError(record.sequence_number, "its time is out of range") from None
    return made_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

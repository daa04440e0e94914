"""A subscriber of the topic, as functions to copy. It needs Python 3.11 and nothing else.

    state: dict[str, Known] = {}
    for message in sqs.receive_message(...)["Messages"]:
        receive(message, fetch, state, apply)

It reads every form that the publisher sends (`publisher.envelope`), as SQS or SNS hands it over: in
SNS's envelope, with raw delivery, or in the event of a Lambda function. It follows claim checks. It
applies no change of an item after a newer one of that item, so neither order of arrival nor repeats
nor redriven changes matter. For that, changes must carry their sequence numbers and keys: set
`publisher.entryMetadata`, or take CloudEvents.
"""

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

MARGIN_MILLIS = 60_000
"""The stream's times are about right: by so much a change may be older than it seems."""

Fetch = Callable[[str, str], bytes | str]
"""Returns what lies in a bucket under a key. Name the bucket's owner in the call to S3."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message without what SNS and SQS put around it.

    Attributes:
        body: The body that was published.
        attributes: The message attributes, each as text.
    """

    body: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one item.

    Attributes:
        event_name: INSERT, MODIFY, REMOVE, or SNAPSHOT for an item that a backfill has read.
        new_image: The item after the change; None where it is gone.
        old_image: The item before the change; None where there was none.
        table: The table's name.
        item: What tells the item from all others of its table; None where the change doesn't say.
        sequence_number: Greater means later, over parent and child shards; None as above.
        time: About when it was made, in milliseconds since 1970; None as above.
        event_id: The stream's identity of the change; None as above.
        is_redriven: Whether it was a dead letter before, so that it comes late.
    """

    event_name: str
    new_image: Mapping[str, Any] | None
    old_image: Mapping[str, Any] | None
    table: str
    item: str | None
    sequence_number: int | None
    time: int | None
    event_id: str | None
    is_redriven: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an item. Keep it beside the item, in one transaction; of a removed one, too.

    Attributes:
        sequence_number: Of the newest change that was applied; 0 for none.
        time: When that change was made; 0 for none.
        snapshot: When the backfill began whose snapshot was applied; 0 for none.
    """

    sequence_number: int = 0
    time: int = 0
    snapshot: int = 0


def receive(
    message: Mapping[str, Any],
    fetch: Fetch,
    state: MutableMapping[str, Known],
    apply: Callable[[Change], object],
) -> None:
    """Apply what is new in a message; delete the message from the queue when this has returned.

    Args:
        message: As SQS, or the event of a Lambda function, has it.
        fetch: Follows claim checks.
        state: What is known of each item.
        apply: Brings an item to the state of the change's new image.

    Raises:
        ValueError: The message has a form that is not known here, or its changes have no order. Let
            it go to the queue's dead-letter queue.
    """
    for change in changes_in(follow(unpack(message), fetch)):
        if change.item is None or change.sequence_number is None or change.time is None:
            raise ValueError("changes have no order; set publisher.entryMetadata")
        key = f"{change.table}/{change.item}"
        known = after(change, state.get(key, Known()))
        if known:
            apply(change)
            state[key] = known


def unpack(message: Mapping[str, Any]) -> Delivery:
    """Return what was published.

    Args:
        message: A message as `receive_message` of SQS returns it, a record of a Lambda function's
            event of SQS or SNS, or what SNS posts to a web hook. SQS hands attributes over only if
            `MessageAttributeNames=["All"]` asks for them.
    """
    if "Sns" in message:
        return _unpacked_notification(message["Sns"])
    if message.get("Type") == "Notification":
        return _unpacked_notification(message)
    body = str(message["Body"] if "Body" in message else message["body"])
    document = json.loads(body)
    if isinstance(document, dict) and document.get("Type") == "Notification":
        return _unpacked_notification(document)
    attributes = message.get("MessageAttributes") or message.get("messageAttributes") or {}
    values = {
        name: each["StringValue"] if "StringValue" in each else each["stringValue"]
        for name, each in attributes.items()
    }
    return Delivery(body, values)


def follow(delivery: Delivery, fetch: Fetch) -> Delivery:
    """Return a delivery with the body that its claim check points to; as it is without one."""
    if "ExtendedPayloadSize" not in delivery.attributes:
        return delivery
    _, place = json.loads(delivery.body)
    body = fetch(place["s3BucketName"], place["s3Key"])
    return replace(delivery, body=body if isinstance(body, str) else body.decode())


def changes_in(delivery: Delivery) -> Iterator[Change]:
    """Yield the changes in a message of any form, in the order of their shard.

    Raises:
        ValueError: The form is not known here.
    """
    document = json.loads(delivery.body, parse_float=Decimal)
    match delivery.attributes.get("envelope", "list/1"):
        case "list/1":
            yield from (_change(delivery, entry) for entry in document)
        case "cloudevents/1":
            yield from (_change(delivery, event["data"], event) for event in document)
        case "change/1":
            yield _change(delivery, document)
        case form:
            raise ValueError(f"the form {form} is not known here")


def after(change: Change, known: Known) -> Known | None:
    """Return what is known of an item after a change; None where the change is not to be applied.

    A snapshot counts only if the stream has had no change of the item since the backfill began.

    Args:
        change: A change with sequence number and time.
        known: What was known before.
    """
    number, time = change.sequence_number or 0, change.time or 0
    if change.event_name == "SNAPSHOT":
        is_newest = known.time < time - MARGIN_MILLIS and known.snapshot <= time
        return replace(known, snapshot=time) if is_newest else None
    if number <= known.sequence_number:
        return None
    return replace(known, sequence_number=number, time=time)


def _unpacked_notification(notification: Mapping[str, Any]) -> Delivery:
    attributes = notification.get("MessageAttributes") or {}
    values = {name: str(each["Value"]) for name, each in attributes.items()}
    return Delivery(notification["Message"], values)


def _change(
    delivery: Delivery, entry: Mapping[str, Any], event: Mapping[str, Any] | None = None
) -> Change:
    """Return a change; what its entry doesn't say, its CloudEvent or the message may."""
    told, attributes = event or {}, delivery.attributes
    number = (
        entry.get("sequenceNumber")
        or told.get("sequencenumber")
        or attributes.get("sequenceNumber")
    )
    return Change(
        event_name=entry["eventName"],
        new_image=entry["newImage"],
        old_image=entry["oldImage"],
        table=attributes["table"],
        item=_item(entry) or told.get("subject"),
        sequence_number=None if number is None else int(number),
        time=entry.get("time", _millis(told.get("time"))),
        event_id=entry.get("eventID") or told.get("id"),
        is_redriven=attributes.get("redriven") == "true",
    )


def _item(entry: Mapping[str, Any]) -> str | None:
    keys = entry.get("keys")
    return json.dumps(keys, sort_keys=True, default=str) if keys else None


def _millis(time: str | None) -> int | None:
    return round(datetime.fromisoformat(time).timestamp() * 1000) if time else None

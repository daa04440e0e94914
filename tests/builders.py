"""Records, batches and messages for tests."""

import json
from dataclasses import replace
from typing import Any

from consumer.publishing.batches import Batch
from consumer.publishing.grouping import Grouping
from consumer.publishing.messages import MessageForm
from consumer.publishing.records import ChangeRecord, RawRecord, decode_record
from consumer.settings.publisher import PublisherSettings

SUBJECT = PublisherSettings(topic_arn="arn:aws:sns:eu-west-1:123456789012:changes").subject
"""The Subject where nobody sets one."""

FORM = MessageForm(table="orders", shard_id="shardId-1", subject=SUBJECT)


def grouped(grouping: str) -> MessageForm:
    """The form of a FIFO topic's messages of ten changes, grouped as the setting says."""
    return replace(FORM, grouping=Grouping.read(grouping), most_changes=10)


_IMAGES = {"INSERT": ("NewImage",), "MODIFY": ("NewImage", "OldImage"), "REMOVE": ("OldImage",)}


def an_image(number: int) -> dict[str, Any]:
    """An item in DynamoDB JSON."""
    return {"id": {"S": f"item-{number}"}, "amount": {"N": f"{number}.10"}}


def a_document(number: int, event_name: str = "MODIFY") -> dict[str, Any]:
    """A record's data as the adapter gives it: an absent image is `{}`."""
    images = {
        name: an_image(number) if name in _IMAGES.get(event_name, ()) else {}
        for name in ("NewImage", "OldImage")
    }
    return {
        "eventID": f"event-{number}",
        "eventName": event_name,
        "dynamodb": {
            "ApproximateCreationDateTime": 1_700_000_000_000 + number,
            "Keys": {"id": {"S": f"item-{number}"}},
            **images,
            "SequenceNumber": str(number),
        },
    }


def a_raw_record(number: int, event_name: str = "MODIFY") -> RawRecord:
    """A record as the daemon delivers it."""
    return RawRecord(str(number), json.dumps(a_document(number, event_name)).encode())


def raw_records(first: int, last: int) -> list[RawRecord]:
    """Records first to last, both included."""
    return [a_raw_record(number) for number in range(first, last + 1)]


def a_record(number: int, event_name: str = "MODIFY") -> ChangeRecord:
    """A decoded record."""
    return decode_record(a_raw_record(number, event_name))


def a_batch(first: int, last: int) -> Batch:
    """Records first to last, both included, as one batch."""
    return Batch(tuple(a_record(number) for number in range(first, last + 1)))

"""Batches become messages."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing.batches import Batch
from consumer.publishing.errors import RecordError
from consumer.publishing.messages import encode_message
from consumer.publishing.plain_json import plain_image
from consumer.publishing.records import ChangeRecord, RawRecord, decode_record
from tests.builders import FORM, a_batch, a_document, a_record, an_image
from tests.sqs import REFUSED


def batch_with(image: dict[str, Any]) -> Batch:
    """One inserted item."""
    return Batch((replace(a_record(1, "INSERT"), new_image=image),))


def test_the_body_lists_event_name_and_images() -> None:
    """The body is what subscribers were promised, and nothing more."""
    batch = Batch((a_record(1, "INSERT"), a_record(2, "MODIFY"), a_record(3, "REMOVE")))

    assert json.loads(encode_message(batch, FORM).body) == [
        {"eventName": "INSERT", "newImage": an_image(1), "oldImage": None},
        {"eventName": "MODIFY", "newImage": an_image(2), "oldImage": an_image(2)},
        {"eventName": "REMOVE", "newImage": None, "oldImage": an_image(3)},
    ]


def test_the_subject_is_that_of_the_form() -> None:
    """Which has it from the settings."""
    assert encode_message(a_batch(1, 1), replace(FORM, subject="x")).subject == "x"


def test_text_is_not_escaped_and_size_counts_bytes() -> None:
    """UTF-8 stays readable; the topic's limit is about Subject, body and attributes, in bytes."""
    message = encode_message(batch_with({"name": {"S": "ação 🎉"}}), FORM)
    attributes = (
        "tableStringorders"
        "shardIdStringshardId-1"
        "firstSequenceNumberString1"
        "lastSequenceNumberString1"
        "recordCountNumber1"
        'eventNamesString.Array["INSERT"]'
    )

    assert '"ação 🎉"' in message.body
    assert message.size == len(message.body.encode()) + len(attributes) + len(FORM.subject.encode())


@given(st.text())
def test_a_body_has_no_character_that_a_queue_refuses(text: str) -> None:
    """SNS takes all of UTF-8, and a queue that subscribes to it doesn't; the text is the same."""
    image = {text: {"S": f"\ufffe\\\uffff{text}\x00"}}
    message = encode_message(batch_with(image), FORM)

    assert not REFUSED.search(message.body)
    assert json.loads(message.body)[0]["newImage"] == image


def test_what_queues_take_is_not_escaped() -> None:
    """The two that they don't are; size counts what is sent."""
    message = encode_message(
        batch_with({"name": {"S": "ﬁ￥\ufffd\ufeff\uffff\ufffe\U0001ffff"}}), FORM
    )
    same = encode_message(
        batch_with({"name": {"S": "ﬁ￥\ufffd\ufeff\\uffff\\ufff\U0001ffff"}}), FORM
    )

    assert '"ﬁ￥\ufffd\ufeff\\uffff\\ufffe\U0001ffff"' in message.body
    assert message.size == same.size - 1


def test_a_repeat_has_the_same_ids_and_another_batch_has_others() -> None:
    """A FIFO topic keeps one shard in order and drops what it has seen."""
    first, again, other = (
        encode_message(a_batch(*span), FORM) for span in ((1, 9), (1, 9), (1, 8))
    )

    assert first.group_id == "shardId-1"
    assert first.deduplication_id == again.deduplication_id == "shardId-1/1-9"
    assert other.deduplication_id != first.deduplication_id


def test_the_attributes_tell_where_the_batch_came_from() -> None:
    """Subscribers filter by them and spot a repeat."""
    batch = Batch((a_record(1, "REMOVE"), a_record(2, "INSERT"), a_record(3, "REMOVE")))

    assert encode_message(batch, FORM).attributes == {
        "table": "orders",
        "shardId": "shardId-1",
        "firstSequenceNumber": "1",
        "lastSequenceNumber": "3",
        "recordCount": 3,
        "eventNames": ["INSERT", "REMOVE"],
    }


def test_the_same_batch_gives_the_same_bytes() -> None:
    """The order in which the stream gives attributes on one read doesn't matter."""
    document = a_document(1, "INSERT")
    image = document["dynamodb"]["NewImage"]
    document["dynamodb"]["NewImage"] = dict(reversed(image.items()))
    again = Batch((decode_record(RawRecord("1", json.dumps(document).encode())),))

    assert encode_message(again, FORM) == encode_message(batch_with(image), FORM)


def test_entries_carry_metadata_when_asked() -> None:
    """The option adds members and changes none."""
    (entry,) = json.loads(encode_message(a_batch(1, 1), replace(FORM, entry_metadata=True)).body)

    assert entry == {
        "eventName": "MODIFY",
        "newImage": an_image(1),
        "oldImage": an_image(1),
        "eventID": "event-1",
        "keys": {"id": {"S": "item-1"}},
        "sequenceNumber": "1",
        "time": 1_700_000_000_001,
    }


def by_ttl(number: int) -> dict[str, Any]:
    """A delete by TTL, as the daemon hands it over."""
    identity = {"principalId": "dynamodb.amazonaws.com", "type": "Service"}
    return a_document(number, "REMOVE") | {"awsRegion": "eu-west-1", "userIdentity": identity}


def decoded(document: dict[str, Any]) -> ChangeRecord:
    """The record of a document."""
    number = document["dynamodb"]["SequenceNumber"]
    return decode_record(RawRecord(number, json.dumps(document).encode()))


def test_metadata_tells_who_made_a_change_and_where() -> None:
    """A subscriber can't find out otherwise that an item expired."""
    message = encode_message(Batch((decoded(by_ttl(1)),)), replace(FORM, entry_metadata=True))
    (entry,) = json.loads(message.body)

    assert entry["userIdentity"] == by_ttl(1)["userIdentity"]
    assert entry["region"] == "eu-west-1"
    assert "userIdentity" not in encode_message(Batch((decoded(by_ttl(1)),)), FORM).body


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        ([by_ttl(1), by_ttl(2)], "all"),
        ([by_ttl(1), a_document(2, "REMOVE")], "some"),
        ([a_document(1, "REMOVE"), a_document(2)], "none"),
        ([by_ttl(1) | {"userIdentity": {"type": "Service", "principalId": "x"}}], "none"),
    ],
)
def test_an_attribute_tells_of_deletes_by_ttl(documents: list[dict[str, Any]], told: str) -> None:
    """A filter policy parts the messages by it; without metadata it is not there."""
    batch = Batch(tuple(map(decoded, documents)))
    message = encode_message(batch, replace(FORM, entry_metadata=True))

    assert message.attributes["ttlDeletes"] == told
    assert "ttlDeletes" not in encode_message(batch, FORM).attributes


def test_plain_images_keep_every_digit() -> None:
    """A float would round what DynamoDB keeps exactly."""
    image = {"n": {"N": "12345678901234567890.123456789012345678"}, "e": {"N": "1E+2"}}
    body = encode_message(batch_with(image), replace(FORM, plain_images=True)).body

    (entry,) = json.loads(body, parse_float=Decimal)
    assert entry["newImage"] == {
        "n": Decimal("12345678901234567890.123456789012345678"),
        "e": Decimal(100),
    }
    assert entry["oldImage"] is None


def test_every_type_has_a_plain_form() -> None:
    """Sets become lists, binary stays base64, maps and lists go to any depth."""
    image = {
        "s": {"S": "x"},
        "b": {"B": "AAE="},
        "t": {"BOOL": True},
        "z": {"NULL": True},
        "ss": {"SS": ["a", "b"]},
        "bs": {"BS": ["AAE="]},
        "ns": {"NS": ["1", "2.50"]},
        "l": {"L": [{"S": "x"}, {"M": {"k": {"N": "1"}}}]},
    }
    body = encode_message(batch_with(image), replace(FORM, plain_images=True)).body

    assert json.loads(body)[0]["newImage"] == {
        "s": "x",
        "b": "AAE=",
        "t": True,
        "z": None,
        "ss": ["a", "b"],
        "bs": ["AAE="],
        "ns": [1, 2.5],
        "l": ["x", {"k": 1}],
    }


@pytest.mark.parametrize(
    "attribute",
    [
        {"X": "1"},
        {"N": "abc"},
        {"N": "NaN"},
        {"N": "Infinity"},
        {},
        {"S": "a", "N": "1"},
        "x",
        {"N": None},
        {"L": 3},
    ],
)
def test_what_is_not_dynamodb_json_is_a_record_error(attribute: Any) -> None:  # noqa: ANN401
    """The error names the record, so that an operator finds it."""
    with pytest.raises(RecordError, match="record 1: not DynamoDB JSON"):
        encode_message(batch_with({"a": attribute}), replace(FORM, plain_images=True))


def test_a_plain_image_is_a_copy() -> None:
    """The record's own image is left alone."""
    image = {"id": {"S": "x"}}

    assert plain_image(image) == {"id": "x"}
    assert image == {"id": {"S": "x"}}


def test_a_message_knows_its_oldest_change() -> None:
    """None where no record says when it was made."""
    times = [None, 1_700_000_000_003, 1_700_000_000_002]
    records = [replace(a_record(n), created_at_millis=time) for n, time in enumerate(times)]

    assert encode_message(Batch(tuple(records)), FORM).oldest_at_millis == 1_700_000_000_002
    assert encode_message(Batch(tuple(records[:1])), FORM).oldest_at_millis is None

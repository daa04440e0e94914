"""The subscriber that teams copy, tried with everything that the publisher can send."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws
from subscriber import (
    MARGIN_MILLIS,
    Change,
    Delivery,
    Known,
    after,
    changes_in,
    follow,
    receive,
    unpack,
)

from consumer.publishing.batches import Batch
from consumer.publishing.claim_check import claim_key
from consumer.publishing.dead_letter import DeadLetter
from consumer.publishing.envelope import EnvelopeName
from consumer.publishing.messages import Message, MessageForm, attribute_text, encode_message
from consumer.publishing.poison import DeadLetterOnPoison
from consumer.publishing.processor import RecordsInput
from consumer.publishing.records import RawRecord, decode_record
from consumer.publishing.snapshots import Run, decode_snapshot, snapshot_record
from consumer.publishing.split import split
from tests.builders import FORM, a_batch, grouped
from tests.fakes import (
    FakeCheckpointer,
    FakeClaimCheck,
    FakeDeadLetters,
    FakeJournal,
    FakeTopic,
    a_processor,
    a_publisher,
)

FIRST = 10**21 - 20
"""Numbers get a digit more on the way: as text, the later ones would be less."""
BEGAN = 1_700_000_000
LIMIT = 3_000
ENVELOPES: list[EnvelopeName] = ["list", "cloudevents", "change"]


def record_of(number: int, item: str, event: str) -> RawRecord:
    """A change of an item; some are too large for a message, and some are refused."""
    text = "x" * LIMIT if number % 7 == 0 else "refused" if number % 5 == 0 else "x"
    image = {"id": {"S": item}, "version": {"N": str(number)}, "text": {"S": text}}
    document = {
        "eventID": f"event-{number}",
        "eventName": event,
        "dynamodb": {
            "ApproximateCreationDateTime": (BEGAN + number) * 1000,
            "Keys": {"id": {"S": item}},
            "NewImage": {} if event == "REMOVE" else image,
            "OldImage": {} if event == "INSERT" else image,
        },
    }
    return RawRecord(str(FIRST + number), json.dumps(document).encode())


class Published:
    """What a shard and its child publish, and what is redriven at the end."""

    def __init__(self, form: MessageForm, changes: list[tuple[str, str]]) -> None:
        self.topic, self.claims = FakeTopic(limit=LIMIT, refused="refused"), FakeClaimCheck()
        self.form, self._letters = form, FakeDeadLetters()
        records = [record_of(n, item, event) for n, (item, event) in enumerate(changes, start=1)]
        middle = len(records) // 2
        self._publish("shardId-parent", records[:middle])
        self._publish("shardId-child", records[middle:])
        for letter in self._letters.kept:
            self._redrive(letter)

    def _publish(self, shard_id: str, records: list[RawRecord]) -> None:
        poison = DeadLetterOnPoison(self._letters, percent=100)
        form, checkpoints = replace(self.form, shard_id=shard_id), FakeCheckpointer()
        processor = a_processor(
            self.topic, FakeJournal(), poison, claim_check=self.claims, form=form
        )
        processor.process_records(RecordsInput(records, 0, 0.0), checkpoints)
        processor.shard_ended(checkpoints)

    def _redrive(self, letter: DeadLetter) -> None:
        record = decode_record(RawRecord(letter.sequence_number, letter.data))
        form = replace(self.form, shard_id=letter.shard_id, redriven=True)
        self.topic.messages.append(encode_message(Batch((record,)), form))

    def fetch(self, bucket: str, key: str) -> str:
        """What S3 has."""
        assert bucket == "large-changes"
        return self.claims.bodies[key]


def raw_in_a_queue(message: Message) -> dict[str, Any]:
    """As receive_message returns it with raw delivery."""
    attributes = {
        name: {"DataType": "String", "StringValue": attribute_text(value)}
        for name, value in message.attributes.items()
    }
    return {"MessageId": "m", "Body": message.body, "MessageAttributes": attributes}


def notification(message: Message) -> dict[str, Any]:
    """As SNS posts it to a web hook."""
    attributes = {
        name: {"Type": "String", "Value": attribute_text(value)}
        for name, value in message.attributes.items()
    }
    return {"Type": "Notification", "Message": message.body, "MessageAttributes": attributes}


def enveloped_in_a_queue(message: Message) -> dict[str, Any]:
    """As receive_message returns it without raw delivery."""
    return {"MessageId": "m", "Body": json.dumps(notification(message))}


def in_a_function_by_sqs(message: Message) -> dict[str, Any]:
    """As Lambda's event of a queue has it, with raw delivery."""
    attributes = {
        name: {"dataType": "String", "stringValue": attribute_text(value)}
        for name, value in message.attributes.items()
    }
    return {"messageId": "m", "body": message.body, "messageAttributes": attributes}


def in_a_function_by_sns(message: Message) -> dict[str, Any]:
    """As Lambda's event of a topic has it."""
    return {"EventSource": "aws:sns", "Sns": notification(message)}


WAYS: list[Callable[[Message], dict[str, Any]]] = [
    raw_in_a_queue,
    notification,
    enveloped_in_a_queue,
    in_a_function_by_sqs,
    in_a_function_by_sns,
]


def version_of(change: Change) -> int | None:
    """The version in a change's new image; None where the item is gone."""
    if change.new_image is None:
        return None
    version = change.new_image["version"]
    return int(version["N"] if isinstance(version, Mapping) else version)


CHANGES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["INSERT", "MODIFY", "REMOVE"])),
    min_size=1,
    max_size=45,
)


@pytest.mark.parametrize("envelope", ENVELOPES)
@settings(max_examples=40)
@given(
    changes=CHANGES,
    group=st.sampled_from(["shard", "item", "hash:2"]),
    plain=st.booleans(),
    chance=st.randoms(use_true_random=False),
)
def test_every_item_ends_in_its_newest_state(
    envelope: EnvelopeName,
    changes: list[tuple[str, str]],
    group: str,
    plain: bool,  # noqa: FBT001
    chance: Random,
) -> None:
    """In whatever order messages arrive, and however often; no change goes back in time."""
    most = 1 if envelope == "change" else 10
    form = replace(
        grouped(group),
        envelope=envelope,
        most_changes=most,
        entry_metadata=True,
        plain_images=plain,
    )
    published = Published(form, changes)
    sent = published.topic.messages
    arriving = chance.sample(sent, len(sent)) + chance.sample(sent, len(sent) // 2)
    state: dict[str, Known] = {}
    items: dict[str | None, list[tuple[int, int | None]]] = {}

    def apply(change: Change) -> None:
        number = change.sequence_number or 0
        items.setdefault(change.item, []).append((number - FIRST, version_of(change)))

    for message in arriving:
        receive(chance.choice(WAYS)(message), published.fetch, state, apply)

    assert all(applied == sorted(applied) for applied in items.values())
    newest = {item: n for n, (item, _) in enumerate(changes, start=1)}
    expected = {
        (number, None if changes[number - 1][1] == "REMOVE" else number)
        for number in newest.values()
    }
    assert {applied[-1] for applied in items.values()} == expected


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_what_was_published_is_what_is_read(envelope: EnvelopeName) -> None:
    """Claim checks and redriven changes too, and every one once."""
    form = replace(FORM, envelope=envelope, most_changes=1, entry_metadata=True)
    published = Published(form, [("a", "MODIFY")] * 40)
    changes = [
        change
        for message in published.topic.messages
        for change in changes_in(follow(unpack(raw_in_a_queue(message)), published.fetch))
    ]

    assert sorted(change.sequence_number or 0 for change in changes) == [
        FIRST + number for number in range(1, 41)
    ]
    assert {change.event_id for change in changes} == {f"event-{n}" for n in range(1, 41)}
    redriven = {(c.sequence_number or 0) - FIRST for c in changes if c.is_redriven}
    assert redriven == {n for n in range(1, 41) if n % 5 == 0 and n % 7}
    assert published.claims.bodies
    assert {change.table for change in changes} == {"orders"}


@pytest.mark.parametrize("is_raw", [True, False])
@pytest.mark.parametrize("envelope", ENVELOPES)
def test_what_real_clients_hand_over_is_unpacked(envelope: EnvelopeName, *, is_raw: bool) -> None:
    """With raw delivery and without, by boto3."""
    message = encode_message(a_batch(1, 1), replace(FORM, envelope=envelope))
    with mock_aws():
        sns = boto3.client("sns", region_name="eu-west-1")
        sqs = boto3.client("sqs", region_name="eu-west-1")
        topic_arn = sns.create_topic(Name="changes")["TopicArn"]
        url = sqs.create_queue(QueueName="changes")["QueueUrl"]
        sns.subscribe(
            TopicArn=topic_arn,
            Protocol="sqs",
            Endpoint="arn:aws:sqs:eu-west-1:123456789012:changes",
            Attributes={"RawMessageDelivery": str(is_raw).lower()},
        )
        a_publisher(sns, topic_arn).publish(message)
        (received,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
        delivery = unpack(received)

    attributes = {name: attribute_text(value) for name, value in message.attributes.items()}
    assert delivery.body == message.body
    # moto hands an attribute of several texts on as it likes.
    assert {**delivery.attributes, "eventNames": attributes.get("eventNames")} == {
        **attributes,
        "eventNames": attributes.get("eventNames"),
    }


def snapshot(envelope: EnvelopeName, began_at: int) -> Delivery:
    """The message of an item that a backfill has read."""
    keys = {"id": {"S": "a"}}
    raw = snapshot_record(Run(began_at), keys, {**keys, "version": {"N": "9"}}, "0")
    form = replace(FORM, envelope=envelope, entry_metadata=True)
    (chunk,) = split(Batch((decode_snapshot(raw),)), form, 262_144)
    return unpack(raw_in_a_queue(chunk.message))


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize(
    ("known", "is_taken"),
    [
        (Known(), True),
        (Known(7, BEGAN * 1000), False),
        (Known(7, (BEGAN - 1) * 1000), False),
        (Known(7, BEGAN * 1000 - MARGIN_MILLIS - 1), True),
        (Known(snapshot=BEGAN * 1000), True),
        (Known(snapshot=BEGAN * 1000 + 1), False),
    ],
)
def test_a_snapshot_counts_only_before_any_change_of_its_item(
    envelope: EnvelopeName,
    known: Known,
    is_taken: bool,  # noqa: FBT001
) -> None:
    """Its number is none of the stream; a newer backfill's snapshot stays."""
    (change,) = changes_in(snapshot(envelope, BEGAN))
    learned = after(change, known)

    assert (learned is not None) == is_taken
    if learned:
        assert learned == replace(known, snapshot=BEGAN * 1000)


def without_order() -> Iterator[tuple[Message, str]]:
    """Messages that can't be applied in order, and what is said."""
    yield encode_message(a_batch(1, 1), FORM), "no order; set publisher.entryMetadata"
    message = encode_message(a_batch(1, 1), FORM)
    attributes = {**message.attributes, "envelope": "list/2"}
    yield replace(message, attributes=attributes), "the form list/2 is not known here"


@pytest.mark.parametrize(("message", "said"), list(without_order()))
def test_what_cant_be_applied_in_order_is_refused(message: Message, said: str) -> None:
    """So that it goes to the queue's dead-letter queue."""
    with pytest.raises(ValueError, match=said):
        receive(raw_in_a_queue(message), lambda _bucket, _key: "", {}, lambda _change: None)


def test_cloud_events_have_an_order_without_metadata() -> None:
    """They carry number, item and time."""
    form = replace(FORM, envelope="cloudevents")
    taken: list[Change] = []
    message = encode_message(a_batch(1, 3), form)
    receive(raw_in_a_queue(message), lambda _bucket, _key: "", {}, taken.append)

    assert [change.sequence_number for change in taken] == [1, 2, 3]
    assert [change.item for change in taken] == [f'{{"id":{{"S":"item-{n}"}}}}' for n in (1, 2, 3)]
    assert taken[0].time == 1_700_000_000_001


def test_every_digit_of_a_plain_number_is_read() -> None:
    """A float would round it."""
    form = replace(FORM, plain_images=True)
    (change,) = changes_in(unpack(raw_in_a_queue(encode_message(a_batch(7, 7), form))))

    assert change.new_image is not None
    assert change.new_image["amount"] == Decimal("7.10")


def test_a_claim_checks_key_is_the_messages_own() -> None:
    """What the subscriber fetches is what the publisher has kept."""
    message = encode_message(a_batch(1, 1), FORM)
    pointer = FakeClaimCheck().keep(message)
    asked: list[tuple[str, str]] = []

    def fetch(bucket: str, key: str) -> bytes:
        asked.append((bucket, key))
        return message.body.encode()

    followed = follow(unpack(raw_in_a_queue(pointer)), fetch)
    assert asked == [("large-changes", claim_key(message))]
    assert followed.body == message.body

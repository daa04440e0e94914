"""The forms of a message, each held to its schema."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError

from consumer.publishing.batches import Batch
from consumer.publishing.envelope import VERSIONS, EnvelopeName, entries_in
from consumer.publishing.errors import RecordError
from consumer.publishing.messages import Message, MessageForm, encode_message
from consumer.publishing.records import ChangeRecord
from consumer.publishing.snapshots import Run, decode_snapshot, snapshot_record
from consumer.publishing.split import split
from tests.builders import FORM, a_batch, a_record, an_image, grouped
from tests.schemas.validation import SCHEMAS, check_message
from tests.sqs import REFUSED

ENVELOPES: list[EnvelopeName] = list(get_args(EnvelopeName))
CLOUDEVENTS = replace(FORM, envelope="cloudevents")
CHANGE = replace(FORM, envelope="change", most_changes=1)


def messages_of(batch: Batch, form: MessageForm) -> list[Message]:
    """The messages that a batch leaves in."""
    return [chunk.message for chunk in split(batch, form, 262_144)]


def form_of(envelope: EnvelopeName) -> MessageForm:
    """The form of an envelope."""
    return replace(FORM, envelope=envelope, most_changes=1 if envelope == "change" else None)


def test_a_cloud_event_holds_the_entry_and_says_whose_change_it_is() -> None:
    """Its time is RFC 3339, its id the stream's own."""
    (message,) = messages_of(a_batch(7, 7), CLOUDEVENTS)
    (entry,) = json.loads(encode_message(a_batch(7, 7), FORM).body)

    assert json.loads(message.body) == [
        {
            "specversion": "1.0",
            "id": "event-7",
            "source": "aws:dynamodb:orders",
            "type": "com.amazonaws.dynamodb.MODIFY",
            "subject": '{"id":{"S":"item-7"}}',
            "time": "2023-11-14T22:13:20.007Z",
            "datacontenttype": "application/json",
            "sequencenumber": "7",
            "data": entry,
        }
    ]
    assert message.attributes["envelope"] == "cloudevents/1"


def test_what_a_record_doesnt_say_is_left_out_of_its_event() -> None:
    """An id it needs: it has its sequence number."""
    record = replace(a_record(7), event_id="", created_at_millis=None)
    (event,) = json.loads(encode_message(Batch((record,)), CLOUDEVENTS).body)

    assert event["id"] == "7"
    assert "time" not in event


def test_a_time_that_no_calendar_has_refuses_the_record() -> None:
    """It is named; the shard doesn't fail for it."""
    with pytest.raises(RecordError, match="record 7: its time is out of range"):
        encode_message(Batch((replace(a_record(7), created_at_millis=10**18),)), CLOUDEVENTS)


def test_each_change_is_a_message_whose_attributes_are_its_own() -> None:
    """So a filter policy can choose it; each can be checkpointed."""
    batch = Batch((a_record(1, "INSERT"), a_record(2, "REMOVE")))
    chunks = list(split(batch, CHANGE, 262_144))

    assert [json.loads(chunk.message.body) for chunk in chunks] == [
        {"eventName": "INSERT", "newImage": an_image(1), "oldImage": None},
        {"eventName": "REMOVE", "newImage": None, "oldImage": an_image(2)},
    ]
    assert chunks[1].message.attributes == {
        "table": "orders",
        "shardId": "shardId-1",
        "sequenceNumber": "2",
        "eventName": "REMOVE",
        "envelope": "change/1",
    }
    assert [chunk.batch.checkpoint for chunk in chunks] == ["1", "2"]
    assert [chunk.message.deduplication_id for chunk in chunks] == [
        "shardId-1/1-1",
        "shardId-1/2-2",
    ]


def test_single_changes_are_grouped_too() -> None:
    """Each is in its item's group."""
    form = replace(grouped("item"), envelope="change", most_changes=1)
    chunks = list(split(a_batch(1, 3), form, 262_144))

    assert len({chunk.message.group_id for chunk in chunks}) == 3
    assert [chunk.batch.checkpoint for chunk in chunks] == [None, None, "3"]


IMAGES = st.dictionaries(
    st.text(),
    st.one_of(
        st.builds(lambda text: {"S": text}, st.text()),
        st.builds(lambda number: {"N": str(number)}, st.integers()),
        st.just({"NULL": True}),
        st.builds(lambda texts: {"L": [{"S": text} for text in texts]}, st.lists(st.text())),
        st.builds(lambda text: {"M": {"x": {"B": text}}}, st.just("AA==")),
    ),
    min_size=1,
)


@pytest.mark.parametrize("envelope", ENVELOPES)
@given(
    image=IMAGES,
    name=st.sampled_from(["INSERT", "MODIFY", "REMOVE"]),
    metadata=st.booleans(),
    plain=st.booleans(),
    redriven=st.booleans(),
)
def test_every_message_has_the_form_of_its_schema(  # noqa: PLR0913, PLR0917 - each may be
    envelope: EnvelopeName,
    image: dict[str, Any],
    name: str,
    metadata: bool,  # noqa: FBT001
    plain: bool,  # noqa: FBT001
    redriven: bool,  # noqa: FBT001
) -> None:
    """Whatever is in it; queues take it, and its entries are found again."""
    form = replace(
        form_of(envelope), entry_metadata=metadata, plain_images=plain, redriven=redriven
    )
    records = tuple(replace(a_record(n, name), new_image=image) for n in (1, 2))
    messages = messages_of(Batch(records), form)
    entries = [entry for message in messages for entry in entries_in(message.body)]

    for message in messages:
        check_message(message.body, message.attributes)
        assert not REFUSED.search(message.body)
        assert len(message.attributes) <= 9  # a claim check adds one, and a queue takes ten
    plain_list = encode_message(Batch(records), replace(form, envelope="list")).body
    assert entries == json.loads(plain_list)


def a_snapshot(number: int) -> ChangeRecord:
    """An item that a backfill has read."""
    keys = {"id": {"S": f"item-{number}"}}
    raw = snapshot_record(Run(1_700_000_000), keys, an_image(number), "0")
    return decode_snapshot(raw)


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_snapshots_have_the_form_of_the_schema(envelope: EnvelopeName) -> None:
    """They are entries like others."""
    form = replace(form_of(envelope), entry_metadata=True)
    for message in messages_of(Batch((a_snapshot(1), a_snapshot(2))), form):
        check_message(message.body, message.attributes)


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize(
    "broken",
    [
        lambda body: body.replace("eventName", "name"),
        lambda body: body.replace('"MODIFY"', '"CHANGE"'),
        lambda body: body.replace('"newImage"', '"more":1,"newImage"'),
        lambda body: body.replace('"oldImage":{', '"oldImage":[],"x":{'),
    ],
)
def test_a_schema_refuses_other_forms(envelope: EnvelopeName, broken: Callable[[str], str]) -> None:
    """Else it would say nothing."""
    (message,) = messages_of(a_batch(1, 1), form_of(envelope))
    with pytest.raises(ValidationError):
        check_message(broken(message.body), message.attributes)


def test_each_form_has_a_schema_of_its_version() -> None:
    """A new version is a new file: subscribers keep the old one."""
    assert {f"{version.replace('/', '-')}.json" for version in VERSIONS.values()} < {
        file.name for file in SCHEMAS.iterdir()
    }


@pytest.mark.parametrize(
    "body", ["", "x", "7", "null", "{}", "[1]", '[{"specversion": "1.0"}]', '["a", {"b": 1}]']
)
def test_somebody_elses_body_has_no_entries(body: str) -> None:
    """Whatever it is."""
    assert entries_in(body) == ()

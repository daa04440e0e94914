"""Lambda's events, and what Lambda is told."""

import json
from dataclasses import replace
from typing import Any

import pytest

from consumer.function.invocation import read_invocation
from consumer.publishing.errors import EventError, RecordError
from consumer.publishing.last_checkpoint import LastCheckpoint
from consumer.publishing.messages import encode_message
from consumer.publishing.records import decode_record
from tests.builders import FORM, a_batch, a_record
from tests.function.events import STREAM_ARN, a_function_record, an_event

WINDOW = {
    "shardId": "shardId-7",
    "window": {"start": "2026-01-31T12:00:00Z", "end": "2026-01-31T12:15:00Z"},
    "state": {"seen": 3},
    "isFinalInvokeForWindow": False,
    "eventSourceARN": STREAM_ARN,
}


@pytest.mark.parametrize("event_name", ["INSERT", "MODIFY", "REMOVE"])
def test_a_record_is_what_the_adapter_would_have_delivered(event_name: str) -> None:
    """Absent images are missing, and the time is in milliseconds again."""
    invocation = read_invocation({"Records": [a_function_record(5, event_name)]})
    (record,) = (decode_record(raw) for raw in invocation.records)

    assert replace(record, data=b"") == replace(a_record(5, event_name), data=b"")
    assert invocation.table == "orders"


@pytest.mark.parametrize("seconds", [1_700_000_000, 1_700_000_000.0])
def test_whole_seconds_are_milliseconds(seconds: float) -> None:
    """Lambda writes them with a fraction, or without."""
    record = a_function_record(5)
    record["dynamodb"]["ApproximateCreationDateTime"] = seconds
    (raw,) = read_invocation({"Records": [record]}).records

    assert decode_record(raw).created_at_millis == 1_700_000_000_000


@pytest.mark.parametrize("time", [True, "yesterday", 1e400])
def test_a_time_that_is_none_is_the_cores_to_refuse(time: Any) -> None:  # noqa: ANN401
    """A record with a place in the stream is poison, no reason to refuse its neighbours."""
    record = a_function_record(5)
    record["dynamodb"]["ApproximateCreationDateTime"] = time
    (raw,) = read_invocation({"Records": [record]}).records

    if time == 1e400:
        assert decode_record(raw).created_at_millis is None
    else:
        with pytest.raises(RecordError, match="not a whole number"):
            decode_record(raw)


def test_a_record_without_a_time_has_none() -> None:
    """As the stream may have it."""
    record = a_function_record(5)
    del record["dynamodb"]["ApproximateCreationDateTime"]
    (raw,) = read_invocation({"Records": [record]}).records

    assert decode_record(raw).created_at_millis is None


def test_text_that_is_none_is_the_cores_to_refuse() -> None:
    """Half a character can't be written as UTF-8."""
    record = a_function_record(5)
    record["dynamodb"]["NewImage"]["id"]["S"] = "\ud800"
    (raw,) = read_invocation({"Records": [record]}).records

    with pytest.raises(RecordError, match="record 5"):
        decode_record(raw)


def test_a_window_tells_the_shard() -> None:
    """And its state goes back as it came."""
    invocation = read_invocation({**an_event(1, 2), **WINDOW})

    assert (invocation.shard_id, invocation.group_id) == ("shardId-7", None)
    assert invocation.answer("2") == {"batchItemFailures": [], "state": {"seen": 3}}


def test_a_window_may_end_without_records() -> None:
    """There is nothing to publish, and nothing to report."""
    invocation = read_invocation({"Records": [], "state": {}})

    assert (invocation.records, invocation.table, invocation.shard_id) == ([], "", "")
    assert invocation.answer(None) == {"batchItemFailures": [], "state": {}}


def test_without_a_window_the_first_records_identity_stands_for_the_shard() -> None:
    """Two shards can have the same numbers; a FIFO topic would drop the second one's message."""
    first, second = an_event(1, 2), an_event(1, 2)
    second["Records"][0]["eventID"] = "of-another-shard"
    places = [_place(event) for event in (first, first, second)]

    assert places[0] == places[1] == "lambda-event-1/1-2"
    assert places[2] == "lambda-of-another-shard/1-2"


def _place(event: dict[str, Any]) -> str:
    invocation = read_invocation(event)
    form = replace(FORM, shard_id=invocation.shard_id)
    return encode_message(a_batch(1, 2), form).deduplication_id


def test_without_a_window_a_fifo_topic_keeps_the_table_in_order() -> None:
    """A group for each event would let a later event overtake an earlier one."""
    invocation = read_invocation(an_event(1, 2))
    form = replace(FORM, group_id=invocation.group_id)

    assert encode_message(a_batch(1, 2), form).group_id == "orders"


def test_a_record_without_an_identity_is_known_by_its_number() -> None:
    """Better than nothing."""
    event = an_event(1, 1)
    del event["Records"][0]["eventID"]

    assert read_invocation(event).shard_id == "lambda-1"


@pytest.mark.parametrize(
    ("reached", "reported"), [(None, ["1"]), ("1", ["2"]), ("9", ["10"]), ("10", [])]
)
def test_the_first_record_that_is_not_done_is_reported(
    reached: str | None, reported: list[str]
) -> None:
    """Lambda goes on from there; what is behind comes again, and nothing before it."""
    answer = read_invocation(an_event(1, 10)).answer(reached)

    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == reported


@pytest.mark.parametrize("event", [None, 3, [], {}, {"Records": "none"}, {"records": []}])
def test_what_is_no_event_is_refused(event: object) -> None:
    """It says what is missing."""
    with pytest.raises(EventError, match="no list of Records"):
        read_invocation(event)


def test_every_record_that_is_no_change_is_named() -> None:
    """By its place in the event, all at once."""
    good, kinesis, numberless = (a_function_record(number) for number in range(3))
    kinesis["eventSourceARN"] = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
    numberless["dynamodb"] = {"SequenceNumber": 7}
    records = [good, "text", kinesis, numberless, {**good, "dynamodb": None}]
    with pytest.raises(EventError) as refused:
        read_invocation({"Records": records})

    assert [mistake[:32] for mistake in refused.value.mistakes] == [
        "record 2: is not a JSON object",
        "record 3: eventSourceARN is 'arn",
        "record 4: dynamodb.SequenceNumbe",
        "record 5: dynamodb.SequenceNumbe",
    ]


def test_records_of_two_tables_are_refused() -> None:
    """No mapping gives such an event."""
    event = an_event(1, 2)
    other = event["Records"][1]["eventSourceARN"].replace("orders", "invoices")
    event["Records"][1]["eventSourceARN"] = other

    with pytest.raises(EventError, match=r"several tables: .*table/orders, .*table/invoices"):
        read_invocation(event)


def test_a_letter_holds_the_record_as_the_daemon_would_have_sent_it() -> None:
    """A letter of a function is redriven like any other."""
    (raw,) = read_invocation(an_event(4, 4)).records

    assert json.loads(raw.data)["dynamodb"]["ApproximateCreationDateTime"] == 1_700_000_000_004


def test_a_position_is_the_last_checkpoint() -> None:
    """A shard's end is nothing that Lambda is told."""
    position = LastCheckpoint()
    position.checkpoint("3")
    position.checkpoint("5")
    position.checkpoint_shard_end()

    assert position.reached == "5"

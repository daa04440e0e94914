"""Bytes become records, or a clear error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing.errors import RecordError
from consumer.publishing.records import ChangeRecord, RawRecord, decode_record
from tests.builders import a_document, a_raw_record, an_image


def decoded(document: object) -> object:
    """Decode a document as if the daemon had delivered it."""
    return decode_record(RawRecord("7", json.dumps(document).encode()))


def test_a_modify_carries_both_images() -> None:
    """A change of an item has the item before and after it."""
    record = decode_record(a_raw_record(7, "MODIFY"))

    assert (record.sequence_number, record.event_name) == ("7", "MODIFY")
    assert record.new_image == record.old_image == an_image(7)
    assert record.keys == {"id": {"S": "item-7"}}
    assert (record.event_id, record.created_at_millis) == ("event-7", 1_700_000_000_007)


@pytest.mark.parametrize(
    ("event_name", "absent"), [("INSERT", "old_image"), ("REMOVE", "new_image")]
)
def test_an_empty_image_is_absent(event_name: str, absent: str) -> None:
    """The adapter writes an image that isn't there as an empty object."""
    record = decode_record(a_raw_record(7, event_name))

    assert getattr(record, absent) is None


def test_images_left_out_or_null_are_absent() -> None:
    """A stream record may also leave images out or give null."""
    document = a_document(7)
    document["dynamodb"] = {"Keys": {"id": {"S": "x"}}, "NewImage": None}
    record = decode_record(RawRecord("7", json.dumps(document).encode()))

    assert (record.new_image, record.old_image, record.created_at_millis) == (None, None, None)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "not a JSON object"),
        ({}, "dynamodb is not a JSON object"),
        ({"eventName": "INSERT", "dynamodb": 3}, "dynamodb is not a JSON object"),
        ({"eventName": "UPSERT", "dynamodb": {}}, "eventName is 'UPSERT'"),
        ({"eventName": ["INSERT"], "dynamodb": {}}, "eventName is"),
        ({"eventName": "INSERT", "dynamodb": {"NewImage": "x"}}, "NewImage is not a JSON object"),
        (
            {"eventName": "INSERT", "dynamodb": {"ApproximateCreationDateTime": True}},
            "ApproximateCreationDateTime is not a whole number",
        ),
    ],
)
def test_what_is_no_change_of_an_item_is_refused(document: object, reason: str) -> None:
    """The error names the record and what is wrong with it."""
    with pytest.raises(RecordError, match=reason) as caught:
        decoded(document)

    assert caught.value.sequence_number == "7"


@given(st.binary())
def test_any_bytes_give_a_record_or_a_record_error(data: bytes) -> None:
    """Nothing else ever escapes the decoder."""
    with pytest.raises(RecordError):
        decode_record(RawRecord("7", data))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


@given(st.fixed_dictionaries({"eventName": st.sampled_from(["INSERT", "x"]), "dynamodb": JSON}))
def test_any_json_gives_a_record_or_a_record_error(document: object) -> None:
    """Nothing else ever escapes the decoder."""
    outcome: object
    try:
        outcome = decoded(document)
    except RecordError as error:
        outcome = error

    assert isinstance(outcome, ChangeRecord | RecordError)
    assert outcome.sequence_number == "7"


def test_changes_of_one_item_say_so_and_no_others_do() -> None:
    """In whatever order the stream gives the attributes of a key."""
    both = [{"a": {"S": "x"}, "b": {"N": "1"}}, {"b": {"N": "1"}, "a": {"S": "x"}}]
    items = []
    for keys in [*both, {"a": {"S": "x"}}, {"a": {"B": "x"}, "b": {"N": "1"}}]:
        document = a_document(7)
        document["dynamodb"]["Keys"] = keys
        items.append(decode_record(RawRecord("7", json.dumps(document).encode())).item)

    assert items[0] == items[1]
    assert len(set(items)) == 3


def test_keys_that_no_item_has_count_as_one_item() -> None:
    """Too deep to be written: nothing may overtake what can't be told apart."""
    depth = 300
    deep = '{"Keys": ' + '{"M": ' * depth + "{}" + "}" * depth + "}"
    data = f'{{"eventName": "REMOVE", "dynamodb": {deep}}}'.encode()

    assert decode_record(RawRecord("7", data)).item == b""

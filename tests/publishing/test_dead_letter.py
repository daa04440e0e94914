"""A dead letter survives the queue."""

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing.dead_letter import (
    QUEUE_LIMIT,
    DeadLetter,
    Envelope,
    decode_dead_letter,
    encode_dead_letter,
    record_key,
)
from consumer.publishing.s3_location import S3Location
from tests.builders import a_raw_record
from tests.sqs import REFUSED

ENVELOPE = Envelope("orders", "worker-1", "2026-01-31T12:00:00.000+00:00")


def letter(data: bytes) -> DeadLetter:
    """A record that can't be published."""
    return DeadLetter("shardId-1", "7", data, "is too large", "batch's")


@given(st.binary(max_size=300))
def test_any_bytes_come_back_as_they_were(data: bytes) -> None:
    """Bytes that are JSON come back as the same JSON."""
    opened, envelope = decode_dead_letter(encode_dead_letter(letter(data), ENVELOPE))

    assert envelope == ENVELOPE
    assert (opened.sequence_number, opened.reason) == ("7", "is too large")
    assert opened.data == data or json.loads(opened.data) == json.loads(data)


@given(st.text())
def test_a_letter_has_no_character_that_sqs_refuses(text: str) -> None:
    """Whatever DynamoDB holds, and the reason quotes; both come back as they were."""
    record = json.dumps({text: f"\ufffe\\\uffff{text}\x00"}, ensure_ascii=False).encode()
    refused = replace(letter(record), reason=f"\uffff{text}")
    sealed = encode_dead_letter(refused, ENVELOPE)
    opened, _ = decode_dead_letter(sealed)

    assert not REFUSED.search(sealed)
    assert json.loads(opened.data) == json.loads(record)
    assert opened.reason == refused.reason


@pytest.mark.parametrize(
    "half", [b'{"a":"\\ud800"}', b'{"a":"\\udfff\\ud800"}', b'{"a":"\xed\xa0\x80"}']
)
def test_half_a_character_is_kept_as_bytes(half: bytes) -> None:
    """It is no text: as JSON it could be neither written nor sent."""
    sealed = encode_dead_letter(letter(half), ENVELOPE)

    assert json.loads(sealed)["record"] == {"base64": base64.b64encode(half).decode()}
    assert decode_dead_letter(sealed)[0].data == half


def test_a_person_can_read_a_record_in_its_letter() -> None:
    """It lies there as JSON."""
    sealed = json.loads(encode_dead_letter(letter(a_raw_record(7).data), ENVELOPE))

    assert sealed["record"]["json"]["dynamodb"]["Keys"] == {"id": {"S": "item-7"}}
    assert sealed["complete"] is True


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b'{"dynamodb":{"Keys":{"id":{"S":"x"}},"a":"' + b"y" * QUEUE_LIMIT + b'"}}', True),
        (b"\xff" * QUEUE_LIMIT, False),
        (b'["' + b"y" * QUEUE_LIMIT + b'"]', False),
    ],
)
def test_a_record_too_large_for_the_queue_leaves_its_keys(data: bytes, *, keys: bool) -> None:
    """Plainly marked, and within the limit; the place in the stream is there."""
    text = encode_dead_letter(letter(data), ENVELOPE)
    sealed = json.loads(text)
    opened, _ = decode_dead_letter(text)

    assert len(text.encode()) <= QUEUE_LIMIT
    assert sealed["complete"] is False
    assert sealed["record"] == {"keys": {"id": {"S": "x"}} if keys else None}
    assert (opened.data, opened.sequence_number) == (b"", "7")


@pytest.mark.parametrize("text", ["", "{}", "[]", "x", '{"complete": true}', "3"])
def test_what_is_no_letter_is_refused(text: str) -> None:
    """Somebody else's message in the queue is not taken for one."""
    with pytest.raises(ValueError, match=r".*"):
        decode_dead_letter(text)


def test_a_record_too_large_for_the_queue_can_lie_elsewhere() -> None:
    """The letter says where, and counts as complete; a small one is kept in the letter."""
    place = S3Location("large-changes", "letters/orders/shardId-1/7")
    kept: list[str] = []

    def keep(letter: DeadLetter, envelope: Envelope) -> S3Location:
        kept.append(record_key(letter, envelope))
        return place

    text = encode_dead_letter(letter(b"\xff" * QUEUE_LIMIT), ENVELOPE, keep)
    sealed = json.loads(text)
    opened, _ = decode_dead_letter(text)

    assert kept == [place.key]
    assert (sealed["complete"], sealed["record"]) == (
        True,
        {"s3": {"bucket": "large-changes", "key": "letters/orders/shardId-1/7"}},
    )
    assert (opened.data, opened.elsewhere) == (b"", place)
    assert decode_dead_letter(encode_dead_letter(letter(b"{}"), ENVELOPE, keep))[0] == letter(b"{}")
    assert len(kept) == 1

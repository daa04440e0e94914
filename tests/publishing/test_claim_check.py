"""What is too large for the topic is kept elsewhere, and a pointer is published."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing.claim_check import (
    SIZE_ATTRIBUTE,
    claim_key,
    fit,
    location_in,
    pointer_to,
)
from consumer.publishing.errors import BatchError, OperatorError
from consumer.publishing.messages import Message, encode_message
from consumer.publishing.s3_location import S3Location
from tests.builders import FORM, a_batch
from tests.fakes import FakeClaimCheck

MESSAGE = encode_message(a_batch(7, 7), FORM)
LOCATION = S3Location("large-changes", "messages/orders/shardId-1/7-7")


def of_size(size: int, character: str) -> Message:
    """A message of so many bytes, attributes included, filled with a character to its very end."""
    width = len(character.encode())
    room = size - MESSAGE.size
    filling = character * (room // width) + "x" * (room % width)
    return replace(MESSAGE, body=filling[: room % width] + MESSAGE.body + filling[room % width :])


@pytest.mark.parametrize("character", ["x", "ç", "€", "🎉"])
@pytest.mark.parametrize("limit", [2_000, 262_144, 1_048_576])
def test_what_fits_is_published_as_it_is_and_one_byte_more_is_kept(
    limit: int, character: str
) -> None:
    """Bytes count, not characters, and attributes count too."""
    claim_check = FakeClaimCheck()
    messages = [of_size(limit + more, character) for more in (-1, 0, 1)]
    fitted = [fit(message, limit, claim_check) for message in messages]

    assert [message.size - limit for message in messages] == [-1, 0, 1]
    assert fitted[:2] == messages[:2]
    assert list(claim_check.bodies.values()) == [messages[2].body]
    assert location_in(fitted[2].body) == LOCATION
    assert fitted[2].attributes[SIZE_ATTRIBUTE] == len(messages[2].body.encode())


def test_there_is_no_pointer_to_a_body_that_is_not_kept() -> None:
    """A pointer to nothing would be a lost change."""
    claim_check = FakeClaimCheck(fails=OperatorError("the bucket is gone"))
    with pytest.raises(OperatorError):
        fit(of_size(501, "x"), 500, claim_check)


def test_without_a_bucket_a_message_that_is_too_large_is_refused() -> None:
    """With both sizes."""
    with pytest.raises(BatchError, match=r"is too large: 501 bytes .* where the topic takes 500"):
        fit(of_size(501, "x"), 500, None)


def test_a_pointer_has_the_form_of_the_extended_client_libraries() -> None:
    """Class, bucket and key in the body, the size in an attribute; all else is the message's."""
    pointer = pointer_to(MESSAGE, LOCATION)

    assert json.loads(pointer.body) == [
        "software.amazon.payloadoffloading.PayloadS3Pointer",
        {"s3BucketName": "large-changes", "s3Key": "messages/orders/shardId-1/7-7"},
    ]
    size = len(MESSAGE.body.encode())
    assert pointer.attributes == {**MESSAGE.attributes, "ExtendedPayloadSize": size}
    assert replace(pointer, body=MESSAGE.body, attributes=MESSAGE.attributes) == MESSAGE


def test_the_same_batch_has_the_same_key() -> None:
    """A repeat overwrites; another batch, shard or table doesn't."""
    forms = [FORM, replace(FORM, shard_id="shardId-2"), replace(FORM, table="invoices")]
    keys = [claim_key(encode_message(a_batch(7, 7), form)) for form in forms]

    assert keys[0] == claim_key(MESSAGE) == LOCATION.key
    assert len({*keys, claim_key(encode_message(a_batch(8, 8), FORM))}) == 4


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_pointer_leads_to_its_place(bucket: str, key: str) -> None:
    """Whatever the names are."""
    assert location_in(pointer_to(MESSAGE, S3Location(bucket, key)).body) == S3Location(bucket, key)


@pytest.mark.parametrize(
    "body", ["", "hello", "3", "[]", "{}", '["x"]', '["x", {}]', '["x", {"s3Key": "k"}]', "[1, 2]"]
)
def test_what_is_no_pointer_leads_nowhere(body: str) -> None:
    """Nor does a batch."""
    assert location_in(body) is None
    assert location_in(MESSAGE.body) is None

"""A claim check: the body of a message that is too large lies in S3, and a pointer is published.

The extended client libraries of SNS write pointers of this form, and those of SQS follow them.
"""

from dataclasses import replace
from typing import Any

import orjson

from consumer.publishing.errors import BatchError
from consumer.publishing.messages import AttributeValue, Message
from consumer.publishing.ports import ClaimCheck
from consumer.publishing.s3_location import S3Location

SIZE_ATTRIBUTE = "ExtendedPayloadSize"
"""The attribute that tells a pointer from other messages; its value is the body's size in bytes."""

BODY_FOLDER = "messages"
"""The folder of the bucket that bodies lie in."""

_POINTER_CLASS = "software.amazon.payloadoffloading.PayloadS3Pointer"


def fit(message: Message, limit: int, claim_check: ClaimCheck | None) -> Message:
    """Return what to publish of a message: itself, or a pointer to its body, which is kept.

    Args:
        message: The message.
        limit: The most bytes that the topic takes.
        claim_check: Keeps bodies; None where nothing does.

    Raises:
        BatchError: It is too large, and there is nowhere to keep it.
        PublishError: It can't be kept, and nobody wants to wait any longer.
    """
    if message.size <= limit:
        return message
    if claim_check is None:
        size = f"{message.size} bytes as a message of its own, where the topic takes {limit}"
        raise BatchError(f"is too large: {size}")
    return claim_check.keep(message)


def claim_key(message: Message) -> str:
    """Return the S3 key of a message's body: a message that is published again overwrites it."""
    return f"{claim_folder(message.attributes['table'])}{message.deduplication_id}"


def claim_folder(table: AttributeValue | None) -> str:
    """Return what the keys of a table's bodies begin with."""
    return f"{BODY_FOLDER}/{table}/"


def pointer_to(message: Message, location: S3Location) -> Message:
    """Return the pointer to publish for a message; all but body and one attribute is the same."""
    pointer = [_POINTER_CLASS, {"s3BucketName": location.bucket, "s3Key": location.key}]
    size = len(message.body.encode())
    return replace(
        message,
        body=orjson.dumps(pointer).decode(),
        attributes={**message.attributes, SIZE_ATTRIBUTE: size},
    )


def location_in(body: str) -> S3Location | None:
    """Return where a pointer points; None where the body is no pointer."""
    match _parsed(body):
        case [str(), {"s3BucketName": str(bucket), "s3Key": str(key)}]:
            return S3Location(bucket, key)
    return None


def _parsed(body: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None

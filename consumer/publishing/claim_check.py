"""A claim check: the body of a message that is too large lies in S3, and a pointer is published.

The pointer has the form that the extended client libraries of SNS write and those of SQS follow.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from consumer.publishing.errors import BatchError
from consumer.publishing.messages import Message
from consumer.publishing.ports import (
    ClaimCheck,
    ConcurrencyLimits,
    Publisher,
    PublishOutcome,
    Receipt,
)
from consumer.publishing.s3_location import S3Location

SIZE_ATTRIBUTE = "ExtendedPayloadSize"
"""The attribute that tells a pointer from other messages; its value is the body's size in bytes."""

_POINTER_CLASS = "software.amazon.payloadoffloading.PayloadS3Pointer"


class ClaimCheckPublisher:
    """Publishes messages as they are, and pointers to those that are larger than the topic takes.

    Args:
        publisher: The topic.
        claims: Keeps what is too large.
    """

    def __init__(self, publisher: Publisher, claims: ClaimCheck) -> None:
        self._publisher = publisher
        self._claims = claims

    def publish(self, message: Message) -> Receipt:
        """Return once the topic holds the message, or a pointer to its body, which is kept first.

        Raises:
            BatchError: The message is refused for what is in it, or is too large to be kept.
            PublishError: It can't be published, and waiting no longer is wanted.
        """
        return self._publisher.publish(self.fit(message))

    def fit(self, message: Message) -> Message:
        """Return what to publish of a message: itself, or a pointer to its body, which is kept.

        Raises:
            BatchError: It is too large, and there is nowhere to keep it.
            PublishError: It can't be kept, and waiting no longer is wanted.
        """
        return message if message.size <= self.largest_message() else self._claims.keep(message)

    @property
    def limits(self) -> ConcurrencyLimits:
        """How much may be under way."""
        return self._publisher.limits

    def begin(self, messages: Sequence[Message]) -> None:
        """Begin a call of messages that fit."""
        self._publisher.begin(messages)

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:
        """Return the outcomes since the last time."""
        return self._publisher.finished(wait=wait)

    def cancel(self) -> Sequence[PublishOutcome]:
        """Let nothing that is under way be sent again; return outcomes once nothing is."""
        return self._publisher.cancel()

    def largest_message(self) -> int:
        """Return the most bytes of a message, attributes included, that the topic takes."""
        return self._publisher.largest_message()


class NoClaimCheck:
    """Refuses every message that is too large: there is no bucket.

    Args:
        publisher: The topic, which knows how much it takes.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def keep(self, message: Message) -> Message:
        """Refuse the message."""
        limit = self._publisher.largest_message()
        size = f"{message.size} bytes as a message of its own, where the topic takes {limit}"
        raise BatchError(f"is too large: {size}")


def claim_key(message: Message) -> str:
    """Return the key of a message's body: one that is published again overwrites its first."""
    return f"messages/{message.attributes['table']}/{message.deduplication_id}"


def pointer_to(message: Message, place: S3Location) -> Message:
    """Return what is published in a message's stead; all but body and one attribute is its own."""
    pointer = [_POINTER_CLASS, {"s3BucketName": place.bucket, "s3Key": place.key}]
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

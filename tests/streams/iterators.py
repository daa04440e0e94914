"""Shard iterators: opaque to the reader, and told apart from any other text."""

import base64
import binascii
from dataclasses import dataclass

from tests.streams.errors import invalid


@dataclass(frozen=True, slots=True)
class ShardIterator:
    """Where a reader stands.

    Attributes:
        stream_arn: The stream.
        shard_id: The shard.
        position: The least sequence number that is not read yet.
        age: How many times iterators had been made to expire when it was handed out.
        serial: What makes it different from every other.
    """

    stream_arn: str
    shard_id: str
    position: int
    age: int
    serial: int

    def encode(self) -> str:
        """The iterator as a reader gets it."""
        inner = f"{self.shard_id}|{self.position}|{self.age}|{self.serial}"
        return f"{self.stream_arn}|1|{base64.b64encode(inner.encode()).decode()}"


def decode(text: str) -> ShardIterator:
    """Read an iterator.

    Raises:
        StreamError: It is none.
    """
    try:
        stream_arn, _, inner = text.split("|")
        decoded = base64.b64decode(inner, validate=True).decode()
        shard_id, position, age, serial = decoded.split("|")
        return ShardIterator(stream_arn, shard_id, int(position), int(age), int(serial))
    except (ValueError, binascii.Error) as error:
        raise invalid("Invalid ShardIterator") from error

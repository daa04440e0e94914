"""What the core needs of the world, in the core's words."""

from dataclasses import dataclass
from typing import Protocol

from consumer.core.events import EventKey
from consumer.core.messages import Message

Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """SNS's answer to one published message.

    Attributes:
        message_id: SNS's id of the message.
        attempts: How often it was tried, the successful one included.
        seconds: How long it took, waits included.
    """

    message_id: str
    attempts: int
    seconds: float


class Publisher(Protocol):
    """Publishes messages."""

    def publish(self, message: Message) -> Receipt:
        """Return once the topic holds the message, however long that takes.

        Raises:
            BatchError: The message is refused for what is in it.
            GivenUpError: It failed in passing for longer, or more often, than is wanted.
            PublishError: It can't be published, and waiting no longer is wanted.
        """

    def largest_message(self) -> int:
        """Return the most bytes of a message, attributes included, that the topic takes."""


class ClaimCheck(Protocol):
    """Keeps the bodies of messages that are larger than the topic takes."""

    def keep(self, message: Message) -> Message:
        """Return a pointer to publish in the message's stead, once its body is kept.

        Raises:
            BatchError: There is nowhere to keep it.
            PublishError: It can't be kept, and waiting no longer is wanted.
        """


class Checkpointer(Protocol):
    """Records how far a shard is published. Only valid during the call it is handed to."""

    def checkpoint(self, sequence_number: str) -> None:
        """Record that everything up to and including this sequence number is published.

        Raises:
            LeaseLostError: The shard has moved to another worker.
            CheckpointError: It can't be made.
        """

    def checkpoint_shard_end(self) -> None:
        """Record that the whole shard is published, so that its child shards begin.

        Raises:
            LeaseLostError: The shard has moved to another worker.
            CheckpointError: It can't be made.
        """


class Journal(Protocol):
    """Keeps what happened, for operators."""

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Keep one event with its facts."""

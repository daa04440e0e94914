"""What the core needs of the world, in the core's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from consumer.publishing.errors import PublishError
from consumer.publishing.events import EventKey
from consumer.publishing.messages import Message

Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """SNS's answer to one published message.

    Attributes:
        message_id: SNS's id of the message.
        attempts: How often its call was tried, the successful one included.
        seconds: How long that took, waits included.
    """

    message_id: str
    attempts: int
    seconds: float


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """What became of one message of a call.

    Attributes:
        message: The message.
        result: The topic's answer that it holds the message; or what `Publisher.publish` would
            have raised.
    """

    message: Message
    result: Receipt | PublishError


@dataclass(frozen=True, slots=True)
class ConcurrencyLimits:
    """How much a topic takes side by side.

    Attributes:
        calls: Calls that may be under way.
        messages: Messages of one call.
    """

    calls: int
    messages: int


class Publisher(Protocol):
    """Publishes messages: one, or several calls side by side with several messages each."""

    @property
    def limits(self) -> ConcurrencyLimits:
        """How much may be under way."""

    def publish(self, message: Message) -> Receipt:
        """Return once the topic holds the message, however long that takes.

        Raises:
            BatchError: The message is refused for what is in it.
            RetriesExhaustedError: It failed in passing for longer, or more often, than is wanted.
            PublishError: It can't be published, and waiting no longer is wanted.
        """

    def begin(self, messages: Sequence[Message]) -> None:
        """Begin a call, which is under way until each of its messages has an outcome.

        Those that fail in passing, or for what an operator can fix, are sent again without the
        others.

        Args:
            messages: The call's, each with a deduplication id that no other under way has.
        """

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:
        """Return the outcomes since the last time.

        Args:
            wait: Whether to wait for one, unless nothing is under way.
        """

    def cancel(self) -> Sequence[PublishOutcome]:
        """Let nothing that is under way be sent again; return outcomes once nothing is.

        A message without an outcome may be published, or not.
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
    """Records how far a shard is published. Only valid during the call it is handed to.

    A checkpoint may be made after it was asked for: what becomes of it is learned from a later
    call, and of the last one from `wait_until_made`. One that a later one overtakes is left out.
    """

    def checkpoint(self, sequence_number: str) -> None:
        """Record that everything up to and including this sequence number is published.

        Raises:
            LeaseLostError: The shard has moved to another worker.
            CheckpointError: It, or one before it, can't be made.
        """

    def wait_until_made(self) -> None:
        """Return once the last checkpoint that was asked for is made; raises as `checkpoint`."""

    def checkpoint_shard_end(self) -> None:
        """Record that the whole shard is published, so that its child shards begin.

        It is made when this returns; raises as `checkpoint`.
        """


class Journal(Protocol):
    """Keeps what happened, for operators."""

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Keep one event with its facts."""

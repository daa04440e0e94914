"""What publishing needs of the world."""

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
        attempts: How often its call was made, the successful one included.
        seconds: How long that took, with the waits between attempts.
    """

    message_id: str
    attempts: int
    seconds: float


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """What became of one message of a call.

    Attributes:
        message: The message.
        result: The receipt; or why the topic doesn't have the message: BatchError where it
            refuses what is in the message, RetriesExhaustedError where the message failed more
            often, or for longer, than is wanted, another PublishError where nobody wants to wait
            any longer.
    """

    message: Message
    result: Receipt | PublishError


@dataclass(frozen=True, slots=True)
class ConcurrencyLimits:
    """How much a topic takes side by side.

    Attributes:
        calls: Calls that may be in flight.
        messages: Messages of one call.
    """

    calls: int
    messages: int


class Publisher(Protocol):
    """Publishes messages, in several calls side by side with several messages each."""

    @property
    def limits(self) -> ConcurrencyLimits:
        """How much may be in flight."""

    def begin(self, messages: Sequence[Message]) -> None:
        """Begin a call. It is in flight until each of its messages has an outcome.

        Messages with a transient error, or one that an operator can fix, are sent again without
        the others.

        Args:
            messages: The call's messages. No other message in flight has their deduplication ids.
        """

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:
        """Return the outcomes since the last time.

        Args:
            wait: Whether to wait for one, unless nothing is in flight.
        """

    def cancel(self) -> Sequence[PublishOutcome]:
        """Send nothing again that is in flight; return the outcomes once nothing is.

        A message without an outcome may be published, or not.
        """

    def largest_message(self) -> int:
        """Return the most bytes of a message, attributes included, that the topic takes."""


class ClaimCheck(Protocol):
    """Keeps the bodies of messages that are larger than the topic takes."""

    def keep(self, message: Message) -> Message:
        """Keep a message's body; then return a pointer to publish instead of the message.

        Raises:
            PublishError: It can't be kept, and nobody wants to wait any longer.
        """


class Checkpointer(Protocol):
    """Records how far a shard is published. It is valid during one verb.

    A checkpoint may be made after `checkpoint` has returned. A later call, or `wait_until_made`,
    raises where it could not be made. A checkpoint is left out where a later one is asked for
    before its turn.
    """

    def checkpoint(self, sequence_number: str) -> None:
        """Record that everything up to and including this sequence number is published.

        Raises:
            LeaseLostError: The shard has moved to another worker.
            CheckpointError: This checkpoint, or one before it, can't be made.
        """

    def wait_until_made(self) -> None:
        """Return once the last checkpoint is made; raises as `checkpoint`."""

    def checkpoint_shard_end(self) -> None:
        """Record that the whole shard is published, so that its child shards begin.

        The checkpoint is made when this returns. Raises as `checkpoint`.
        """


class Journal(Protocol):
    """Keeps what happened, for operators."""

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Keep one event with its facts."""

"""A topic, a bucket and a dead-letter queue that only remember, to see what would be published."""

from collections.abc import Sequence

from consumer.publishing.claim_check import claim_key, pointer_to
from consumer.publishing.dead_letter import DeadLetter
from consumer.publishing.messages import Message
from consumer.publishing.ports import ConcurrencyLimits, PublishOutcome, Receipt
from consumer.publishing.s3_location import S3Location


class DryRunTopic:
    """Takes every message, one after the other, and publishes none.

    Args:
        limit: The most bytes of a message.

    Attributes:
        published: What it has taken, each message with its receipt.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken: list[PublishOutcome] = []
        self.published: list[tuple[Message, Receipt]] = []

    @property
    def limits(self) -> ConcurrencyLimits:
        """One after the other, so that messages come in the stream's order."""
        return ConcurrencyLimits(calls=1, messages=1)

    def begin(self, messages: Sequence[Message]) -> None:
        """Take messages."""
        for message in messages:
            message_id = f"not published: {message.deduplication_id}"
            receipt = Receipt(message_id, attempts=1, seconds=0.0)
            self._taken.append(PublishOutcome(message, receipt))
            self.published.append((message, receipt))

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:  # noqa: ARG002 - nothing to wait for
        """Return what was taken since the last time."""
        taken, self._taken = self._taken, []
        return taken

    def cancel(self) -> Sequence[PublishOutcome]:
        """Return what was taken since the last time: nothing is ever in flight."""
        return self.finished(wait=False)

    def largest_message(self) -> int:
        """Return the limit."""
        return self._limit


class DryRunBucket:
    """Gives pointers to bodies that it doesn't keep.

    Args:
        name: The bucket's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def keep(self, message: Message) -> Message:
        """Return the pointer that would be published."""
        return pointer_to(message, S3Location(self._name, claim_key(message)))


class DryRunDeadLetters:
    """Takes every dead letter and sends none."""

    def send(self, dead_letter: DeadLetter) -> None:
        """Do nothing."""

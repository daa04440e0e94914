"""A publisher that only remembers, for whoever wants to see what would be published."""

from collections.abc import Iterable, Sequence

from consumer.publishing.claim_check import claim_key, pointer_to
from consumer.publishing.messages import Message
from consumer.publishing.poison import DeadLetter
from consumer.publishing.ports import ConcurrencyLimits, Publisher, PublishOutcome, Receipt
from consumer.publishing.s3_location import S3Location


class DryRunTopic:
    """Takes every message, one after the other, and publishes none.

    Args:
        limit: The most bytes of a message.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken: list[PublishOutcome] = []

    @property
    def limits(self) -> ConcurrencyLimits:
        """One after the other, so that messages come in the stream's order."""
        return ConcurrencyLimits(calls=1, messages=1)

    def publish(self, message: Message) -> Receipt:
        """Take a message."""
        return Receipt(f"not published: {message.deduplication_id}", attempts=1, seconds=0.0)

    def begin(self, messages: Sequence[Message]) -> None:
        """Take messages."""
        self._taken.extend(PublishOutcome(message, self.publish(message)) for message in messages)

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:  # noqa: ARG002 - nothing to wait for
        """Return what was taken since the last time."""
        taken, self._taken = self._taken, []
        return taken

    def cancel(self) -> Sequence[PublishOutcome]:
        """Return what was taken since the last time: nothing is ever under way."""
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
    """Takes every letter and sends none."""

    def send(self, letter: DeadLetter) -> None:
        """Do nothing."""


class RecordingPublisher:
    """Remembers what a publisher has taken.

    Args:
        publisher: The publisher.

    Attributes:
        seen: Each message with its receipt, in the order in which outcomes were told.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.seen: list[tuple[Message, Receipt]] = []

    @property
    def limits(self) -> ConcurrencyLimits:
        """How much may be under way."""
        return self._publisher.limits

    def publish(self, message: Message) -> Receipt:
        """Return once the publisher holds the message."""
        receipt = self._publisher.publish(message)
        self.seen.append((message, receipt))
        return receipt

    def begin(self, messages: Sequence[Message]) -> None:
        """Begin a call."""
        self._publisher.begin(messages)

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:
        """Return the outcomes since the last time."""
        return self._remembered(self._publisher.finished(wait=wait))

    def cancel(self) -> Sequence[PublishOutcome]:
        """Let nothing that is under way be sent again; return outcomes once nothing is."""
        return self._remembered(self._publisher.cancel())

    def largest_message(self) -> int:
        """Return the most bytes of a message."""
        return self._publisher.largest_message()

    def _remembered(self, outcomes: Iterable[PublishOutcome]) -> Sequence[PublishOutcome]:
        told = list(outcomes)
        for outcome in told:
            if isinstance(outcome.result, Receipt):
                self.seen.append((outcome.message, outcome.result))
        return told

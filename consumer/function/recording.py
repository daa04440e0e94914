"""A publisher that remembers what its topic has taken, to show it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from consumer.delivery.sns import SnsPublisher
from consumer.publishing.ports import PublishOutcome, Receipt

if TYPE_CHECKING:
    from consumer.publishing.messages import Message


class RecordingPublisher(SnsPublisher):
    """Publishes to a topic, and remembers what it has taken.

    Attributes:
        published: What the topic has taken, each message with its receipt.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - SnsPublisher's own
        super().__init__(*arguments, **options)
        self.published: list[tuple[Message, Receipt]] = []

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:
        """Return the outcomes since the last time."""
        return self._remembered(super().finished(wait=wait))

    def cancel(self) -> Sequence[PublishOutcome]:
        """Send nothing again that is in flight; return the outcomes once nothing is."""
        return self._remembered(super().cancel())

    def _remembered(self, outcomes: Sequence[PublishOutcome]) -> Sequence[PublishOutcome]:
        self.published.extend(
            (outcome.message, outcome.result)
            for outcome in outcomes
            if isinstance(outcome.result, Receipt)
        )
        return outcomes

"""How much of a shard is not published yet, and how long the stream still keeps it."""

from dataclasses import dataclass

from consumer.fleet.retention import RETENTION_SECONDS


@dataclass(frozen=True, slots=True)
class Backlog:
    """The records after a shard's checkpoint.

    It includes records that are published and not checkpointed yet.

    Attributes:
        records: How many there are, as far as they were counted.
        has_more: Whether there are more.
        oldest_at: When the oldest was made, in seconds since 1970 UTC; None if there is none.
        has_expired: Whether the record at the checkpoint has expired, as on a quiet shard. Unread
            records right after it may have expired too.
        sequence_numbers: The records that were counted, in order.
    """

    records: int = 0
    has_more: bool = False
    oldest_at: float | None = None
    has_expired: bool = False
    sequence_numbers: tuple[str, ...] = ()

    @property
    def end(self) -> str | None:
        """The last record that was counted; None if there is none."""
        return self.sequence_numbers[-1] if self.sequence_numbers else None

    def lag_seconds(self, now: float) -> float:
        """The age of the oldest unread record, 0 if there is none."""
        return 0.0 if self.oldest_at is None else max(0.0, now - self.oldest_at)

    def left_seconds(self, now: float) -> float | None:
        """How long until the oldest unread record expires; None if there is none."""
        return None if self.oldest_at is None else self.oldest_at + RETENTION_SECONDS - now


@dataclass(frozen=True, slots=True)
class Unknown:
    """The backlog could not be measured.

    Attributes:
        reason: Why.
    """

    reason: str

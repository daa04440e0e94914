"""How much of a shard is not published yet, and how long its records are still kept."""

from dataclasses import dataclass

KEPT_SECONDS = 24 * 3600
"""A stream keeps a record for so long, published or not."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What follows a shard's checkpoint.

    Records that are published and not checkpointed yet count as well.

    Attributes:
        records: How many records.
        has_more: Whether there are more than were counted.
        oldest_at: When the oldest of them was made, in seconds since 1970 UTC; None without any.
        has_expired: Whether the record at the checkpoint has expired, as it does on a quiet shard.
            Unread records right after it may have, too.
    """

    records: int = 0
    has_more: bool = False
    oldest_at: float | None = None
    has_expired: bool = False

    def lag_seconds(self, now: float) -> float:
        """How old the oldest unread record is, 0 without any."""
        return 0.0 if self.oldest_at is None else max(0.0, now - self.oldest_at)

    def left_seconds(self, now: float) -> float | None:
        """How long until the oldest unread record expires; None without any."""
        return None if self.oldest_at is None else self.oldest_at + KEPT_SECONDS - now


@dataclass(frozen=True, slots=True)
class Unknown:
    """That the backlog can't be told.

    Attributes:
        reason: Why.
    """

    reason: str

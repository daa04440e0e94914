"""Sequence numbers and shard ids: unique, growing, in DynamoDB's form."""

from collections.abc import Callable

# As long as real ones, with gaps as real ones have: nobody may add one to find the next.
_FIRST = 300_000_000_000_000_000_000
_STEP = 100


class Numbers:
    """Hands out numbers for a whole stream, so that a child's are greater than its parent's.

    Args:
        now_millis: The clock, in milliseconds since 1970.
    """

    def __init__(self, now_millis: Callable[[], int]) -> None:
        self._now_millis = now_millis
        self._latest, self._latest_moment = _FIRST, 0

    def sequence_number(self) -> int:
        """The next sequence number."""
        self._latest += _STEP
        return self._latest

    def shard_id(self) -> str:
        """The id of a shard that opens now; no two open at one moment."""
        self._latest_moment = max(self._now_millis(), self._latest_moment + 1)
        return f"shardId-{self._latest_moment:020d}-{self._latest_moment % 0xFFFF_FFFB:08x}"

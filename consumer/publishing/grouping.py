"""Message groups of a FIFO topic: it keeps each in order, and takes different ones side by side."""

from dataclasses import dataclass
from hashlib import blake2b

from consumer.publishing.records import ChangeRecord

MOST_GROUPS = 1000
"""The most groups that hashes make."""

_ROUNDS = 5
_MOST_COLLECTED = 1000
_ITEMS_TOGETHER = 10
_HASH = "hash:"


@dataclass(frozen=True, slots=True)
class Grouping:
    """How the changes of a table are put into groups; an item's are in one, whatever their shard.

    Attributes:
        groups: How many groups there are; None where each item has its own.
    """

    groups: int | None = None

    @classmethod
    def read(cls, text: str) -> "Grouping | None":
        """Return what a setting says: `item`, `hash:8`; None for `shard`, whose id is the group."""
        if text.startswith(_HASH):
            return cls(int(text.removeprefix(_HASH)))
        return cls() if text == "item" else None

    @property
    def name(self) -> str:
        """What tells it from other groupings in an id."""
        return "item" if self.groups is None else f"hash-{self.groups}"

    def group_of(self, record: ChangeRecord, table: str) -> str:
        """Return the group of a change of a table."""
        digest = blake2b(record.item, digest_size=16)
        if self.groups is None:
            return f"{table}/{digest.hexdigest()}"
        return f"{table}/{int.from_bytes(digest.digest()) % self.groups}-of-{self.groups}"

    def collected(self, batch_size: int) -> int:
        """Return how many changes of a shard are put into groups together.

        The more there are, the fuller are the messages: only the last one of a group is partial.

        Args:
            batch_size: Changes in a full message.
        """
        rounds = _ITEMS_TOGETHER if self.groups is None else self.groups * _ROUNDS
        return max(batch_size, min(rounds * batch_size, _MOST_COLLECTED))

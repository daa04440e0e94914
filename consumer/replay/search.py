"""Looking in one shard for the record with which a replay begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from consumer.fleet.leases import LATEST, SHARD_END, TRIM_HORIZON
from consumer.fleet.shards import ShardPosition
from consumer.replay.start_position import MINUTE, AtTime, StartPosition

_LONG, _SHORT = 100, 5


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found in a shard.

    Attributes:
        first: The shard's first record that was read; None where it has none.
        before: The last record before the one to begin with; None where none is before it.
        begin: The record to begin with; None where it isn't there.
        published: How many records from there on are published already.
        passed: How many records before it are not published yet.
        tells_seconds: Whether a record's time was other than a whole minute.
    """

    first: ShardPosition | None = None
    before: ShardPosition | None = None
    begin: ShardPosition | None = None
    published: int = 0
    passed: int = 0
    tells_seconds: bool = False


class Search:
    """Takes a shard's records in order, until it is known what is to come again.

    Args:
        origin: Where the replay begins.
        checkpoint: The shard's, a sequence number or one of the words that leases have.
    """

    def __init__(self, origin: StartPosition, checkpoint: str) -> None:
        self._origin, self._checkpoint = origin, checkpoint
        self._first: ShardPosition | None = None
        self._before: ShardPosition | None = None
        self._begin: ShardPosition | None = None
        self._published = self._passed = 0
        self._tells_seconds = False
        self._is_met = not checkpoint.isdecimal()
        self.is_over = False

    @property
    def patience(self) -> int:
        """After how many empty reads in a row a shard that takes records counts as read.

        A read may be empty though records follow. The record at the checkpoint is certain to come,
        unless it has expired.
        """
        return _SHORT if self._is_met else _LONG

    @property
    def finding(self) -> SearchResult:
        """What is found by now."""
        return SearchResult(
            *(self._first, self._before, self._begin, self._published, self._passed),
            tells_seconds=self._tells_seconds,
        )

    def see(self, positions: Sequence[ShardPosition]) -> None:
        """Take the next records of the shard; those after the search is over count for nothing."""
        for position in positions:
            if self.is_over:
                return
            self._see(position)

    def _see(self, position: ShardPosition) -> None:
        self._first = self._first or position
        self._tells_seconds = self._tells_seconds or position.created_at % MINUTE > 0
        is_published = self._is_published(position)
        self._is_met = self._is_met or self._is_last(position)
        if self._begin or self._origin.has_begun(position):
            self._begin = self._begin or position
            self._published += is_published
            self.is_over = self._is_last(position)
        else:
            self._before = position
            self._passed += not is_published
            # A shard that isn't read so far yet stays: what lies further on doesn't matter.
            self.is_over = isinstance(self._origin, AtTime) and not is_published

    def _is_last(self, position: ShardPosition) -> bool:
        """Whether nothing after this record is published."""
        at_checkpoint = position.sequence_number == self._checkpoint
        return at_checkpoint or not self._is_published(position)

    def _is_published(self, position: ShardPosition) -> bool:
        # A lease at LATEST doesn't tell what its worker has published since: it may be everything.
        if self._checkpoint in {SHARD_END, LATEST}:
            return True
        if self._checkpoint == TRIM_HORIZON:
            return False
        return int(position.sequence_number) <= int(self._checkpoint)

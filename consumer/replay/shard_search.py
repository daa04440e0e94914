"""Searches one shard for the record at which a replay begins."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from consumer.fleet.leases import LATEST, SHARD_END, TRIM_HORIZON
from consumer.fleet.shards import ShardPosition
from consumer.replay.start_position import MINUTE, AtTime, StartPosition

_MANY_EMPTY_PAGES, _FEW_EMPTY_PAGES = 100, 5


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found in a shard.

    Attributes:
        first: The first record that was read; None if there was none.
        before: The last record before the begin; None if there was none.
        begin: The first record that comes again; None if it wasn't found.
        published: Records from the begin on that are published.
        passed: Records before the begin that are not published.
        tells_seconds: Whether any record's time was not a whole minute.
    """

    first: ShardPosition | None = None
    before: ShardPosition | None = None
    begin: ShardPosition | None = None
    published: int = 0
    passed: int = 0
    tells_seconds: bool = False


class ShardSearch:
    """Takes a shard's records in order, until it is known what comes again.

    Args:
        start_position: Where the replay begins.
        checkpoint: The shard's: a sequence number, SHARD_END, TRIM_HORIZON or LATEST.
        asked_at: When the replay was asked for, in seconds since 1970 UTC. The search ends at the
            first record that was made later: on a busy shard there is no other end.

    Attributes:
        is_over: Whether no further record matters.
    """

    def __init__(
        self, start_position: StartPosition, checkpoint: str, asked_at: float = math.inf
    ) -> None:
        self._start_position, self._checkpoint = start_position, checkpoint
        self._asked_at = asked_at
        self._first: ShardPosition | None = None
        self._before: ShardPosition | None = None
        self._begin: ShardPosition | None = None
        self._published = self._passed = 0
        self._tells_seconds = False
        self._is_met = not checkpoint.isdecimal()
        self.is_over = False

    @property
    def max_empty_pages(self) -> int:
        """After how many empty pages in a row an open shard counts as read.

        Records may follow an empty page. The record at the checkpoint must follow, unless it has
        expired.
        """
        return _FEW_EMPTY_PAGES if self._is_met else _MANY_EMPTY_PAGES

    @property
    def result(self) -> SearchResult:
        """What is found so far."""
        return SearchResult(
            *(self._first, self._before, self._begin, self._published, self._passed),
            tells_seconds=self._tells_seconds,
        )

    def see(self, positions: Sequence[ShardPosition]) -> None:
        """Take the next records of the shard. Records after the end of the search are ignored."""
        for position in positions:
            if self.is_over:
                return
            self._see(position)

    def _see(self, position: ShardPosition) -> None:
        self._first = self._first or position
        self._tells_seconds = self._tells_seconds or position.created_at % MINUTE > 0
        self._is_met = self._is_met or self._is_last(position)
        if self._begin or self._start_position.has_begun(position):
            self._begin = self._begin or position
            self._published += self._is_published(position)
            self.is_over = self._is_last(position) or self._is_late(position)
        elif self._is_late(position):
            self.is_over = True
        else:
            self._pass(position)

    def _pass(self, position: ShardPosition) -> None:
        """Take a record before the begin."""
        is_published = self._is_published(position)
        self._before = position
        self._passed += not is_published
        # A shard whose checkpoint lies before the begin stays: later records don't matter.
        self.is_over = isinstance(self._start_position, AtTime) and not is_published

    def _is_late(self, position: ShardPosition) -> bool:
        return position.created_at > self._asked_at

    def _is_last(self, position: ShardPosition) -> bool:
        """Whether no record after this one is published."""
        at_checkpoint = position.sequence_number == self._checkpoint
        return at_checkpoint or not self._is_published(position)

    def _is_published(self, position: ShardPosition) -> bool:
        # A lease at LATEST doesn't show what its worker has published since. It may be everything.
        if self._checkpoint in {SHARD_END, LATEST}:
            return True
        if self._checkpoint == TRIM_HORIZON:
            return False
        return int(position.sequence_number) <= int(self._checkpoint)

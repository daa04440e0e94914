"""What a replay must read of the stream before it is known what to write."""

import math
from collections.abc import Iterable, Mapping, Sequence

from consumer.fleet.leases import SHARD_END, TRIM_HORIZON, Lease
from consumer.fleet.lineage import ShardLineage, ended_without_lease
from consumer.fleet.shards import Shard
from consumer.replay.errors import ReplayError
from consumer.replay.shard_search import SearchResult, ShardSearch
from consumer.replay.start_position import (
    LATEST_BOUNDARY,
    OLDEST_BOUNDARY,
    AtSequenceNumber,
    AtTime,
    StartPosition,
)

SearchResults = Mapping[str, SearchResult]
"""What was found in each shard that was read, by shard id."""


def coarser(start_position: StartPosition, search_results: SearchResults) -> StartPosition:
    """Return where to begin, now that it is known how exact the stream's times are.

    If each record that was read has a whole minute, a time is rounded down to its minute: otherwise
    changes of that minute would be missing.
    """
    if not isinstance(start_position, AtTime):
        return start_position
    tells_seconds = any(found.tells_seconds for found in search_results.values())
    return start_position if tells_seconds else start_position.in_minutes()


class ReadPlan:
    """The shards of a replay, and which of them to read.

    Args:
        start_position: Where the replay begins.
        shards: All shards of the stream, parents before their children.
        leases: All rows of the lease table.
        named: Shards to replay, with their descendants; all shards if none is named.
        asked_at: When the replay was asked for, in seconds since 1970 UTC.

    Attributes:
        start_position: As given.
        shards: The shards to replay, by id, parents before their children.
        leases: By shard id.
        listed: The ids of all shards of the stream.

    Raises:
        ReplayError: The stream doesn't have a named shard.
    """

    def __init__(
        self,
        start_position: StartPosition,
        shards: Sequence[Shard],
        leases: Iterable[Lease],
        named: Iterable[str] = (),
        asked_at: float = math.inf,
    ) -> None:
        self.start_position, self._lineage = start_position, ShardLineage(shards)
        self.leases: Mapping[str, Lease] = {lease.shard_id: lease for lease in leases}
        self.listed = frozenset(shard.shard_id for shard in shards)
        self._ended, self._asked_at = ended_without_lease(self.leases, shards), asked_at
        try:
            scope = self._lineage.scope(named)
        except ValueError as error:
            raise ReplayError(f"--shard {error}") from error
        self.shards: Mapping[str, Shard] = {s.shard_id: s for s in shards if s.shard_id in scope}

    def checkpoint(self, shard_id: str) -> str:
        """The checkpoint of a shard; for a shard without a lease, what its lease would have."""
        if shard_id in self.leases:
            return self.leases[shard_id].checkpoint
        return SHARD_END if shard_id in self._ended else TRIM_HORIZON

    def to_read(self, search_results: SearchResults) -> tuple[str, ...]:
        """The shards to read next, in any order; none when everything is found."""
        unread = [shard_id for shard_id in self.shards if shard_id not in search_results]
        return tuple(shard_id for shard_id in unread if self._is_next(shard_id, search_results))

    def search(self, shard_id: str) -> ShardSearch:
        """A search in a shard that is to be read."""
        by_number = isinstance(self.start_position, AtSequenceNumber)
        is_descendant = by_number and not self._may_hold(shard_id)
        start_position = OLDEST_BOUNDARY if is_descendant else self.start_position
        return ShardSearch(start_position, self.checkpoint(shard_id), self._asked_at)

    def reads_after(self, shard_id: str) -> str:
        """The checkpoint after which that search reads."""
        by_checkpoint = self.start_position == LATEST_BOUNDARY
        return self.checkpoint(shard_id) if by_checkpoint else TRIM_HORIZON

    def holders(self, search_results: SearchResults) -> tuple[str, ...]:
        """The shards that hold the first record, if a replay begins at a sequence number."""
        return tuple(
            shard_id
            for shard_id, found in search_results.items()
            if found.begin and found.begin.sequence_number == str(self.start_position)
        )

    def descendants(self, shard_id: str) -> frozenset[str]:
        """A shard's children, their children, and so on."""
        return self._lineage.descendants(shard_id)

    def families(self, shard_ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Group shards, so that a shard and its descendants are in one group."""
        return self._lineage.families(shard_ids)

    def _is_next(self, shard_id: str, search_results: SearchResults) -> bool:
        if isinstance(self.start_position, AtTime):
            return self._is_next_for_time(shard_id, search_results)
        if isinstance(self.start_position, AtSequenceNumber):
            holders = self.holders(search_results)
            follows = any(shard_id in self.descendants(holder) for holder in holders)
            return follows or self._may_hold(shard_id)
        at_oldest = self.start_position == OLDEST_BOUNDARY
        return at_oldest or self.checkpoint(shard_id) != SHARD_END

    def _is_next_for_time(self, shard_id: str, search_results: SearchResults) -> bool:
        """The youngest shards come first: their ancestors are older, and mostly too old."""
        descendants = self.descendants(shard_id)
        if any(self._is_older(search_results.get(each)) for each in descendants):
            return False
        return all(each in search_results for each in descendants)

    def _is_older(self, found: SearchResult | None) -> bool:
        """Whether a shard began before the time, so that its ancestors ended before it."""
        return bool(found and found.first and not self.start_position.has_begun(found.first))

    def _may_hold(self, shard_id: str) -> bool:
        shard, number = self.shards[shard_id], int(str(self.start_position))
        return int(shard.first) <= number and (shard.last is None or number <= int(shard.last))

"""What a replay must read of the stream before it is known what to write."""

from collections.abc import Iterable, Mapping, Sequence

from consumer.fleet.leases import SHARD_END, TRIM_HORIZON, Lease
from consumer.fleet.lineage import ShardLineage
from consumer.fleet.shards import Shard
from consumer.replay.search import Search, SearchResult
from consumer.replay.start_position import (
    LATEST_EDGE,
    OLDEST_EDGE,
    AtSequenceNumber,
    AtTime,
    StartPosition,
)

Findings = Mapping[str, SearchResult]
"""What was found in each shard that was read, by its id."""


class ReplayError(Exception):
    """The replay can't be done; the text says why, and what to do."""


def coarser(origin: StartPosition, findings: Findings) -> StartPosition:
    """Return where to begin, now that it is known how exactly the stream tells times.

    Where each record that was read has a whole minute, a moment within one is rounded down to it:
    else changes of that minute would be missing.
    """
    if not isinstance(origin, AtTime):
        return origin
    told = any(found.tells_seconds for found in findings.values())
    return origin if told else origin.in_minutes()


class ReadPlan:
    """The shards of a replay, and what is to be read of them.

    Args:
        origin: Where the replay begins.
        shards: All shards of the stream, parents before their children.
        leases: All rows of the lease table.
        named: Shards to replay, with all that follow on them; none are all.

    Attributes:
        origin: As given.
        shards: Those to replay, by id, parents before their children.
        leases: By shard.
        listed: Every shard that the stream has.

    Raises:
        ReplayError: The stream doesn't have a shard that is named.
    """

    def __init__(
        self,
        origin: StartPosition,
        shards: Sequence[Shard],
        leases: Iterable[Lease],
        named: Iterable[str] = (),
    ) -> None:
        self.origin, self._kinship = origin, ShardLineage(shards)
        self.leases: Mapping[str, Lease] = {lease.shard_id: lease for lease in leases}
        self.listed = frozenset(shard.shard_id for shard in shards)
        try:
            scope = self._kinship.scope(named)
        except ValueError as error:
            raise ReplayError(f"--shard {error}") from error
        self.shards: Mapping[str, Shard] = {s.shard_id: s for s in shards if s.shard_id in scope}

    def checkpoint(self, shard_id: str) -> str:
        """The checkpoint of a shard; of one without a lease, the one that it is as good as at.

        A lease that is gone was read to its end if a shard that follows on it is begun. Any other
        shard without one is still to come, from its beginning.
        """
        if shard_id in self.leases:
            return self.leases[shard_id].checkpoint
        followers = self._kinship.followers(shard_id) & set(self.leases)
        is_begun = any(self.leases[each].checkpoint != TRIM_HORIZON for each in followers)
        return SHARD_END if is_begun else TRIM_HORIZON

    def to_read(self, findings: Findings) -> tuple[str, ...]:
        """Shards to be read next, in any order; none once everything is found."""
        return tuple(s for s in self.shards if s not in findings and self._is_next(s, findings))

    def search(self, shard_id: str) -> Search:
        """A search in a shard that is to be read."""
        is_follower = isinstance(self.origin, AtSequenceNumber) and not self._may_hold(shard_id)
        return Search(OLDEST_EDGE if is_follower else self.origin, self.checkpoint(shard_id))

    def reads_after(self, shard_id: str) -> str:
        """The checkpoint after which that search reads."""
        return self.checkpoint(shard_id) if self.origin == LATEST_EDGE else TRIM_HORIZON

    def holders(self, findings: Findings) -> tuple[str, ...]:
        """The shards that hold the record to begin with, where a replay begins with one."""
        return tuple(
            shard_id
            for shard_id, found in findings.items()
            if found.begin and found.begin.sequence_number == str(self.origin)
        )

    def followers(self, shard_id: str) -> frozenset[str]:
        """The shards that follow on this one, and those that follow on them."""
        return self._kinship.followers(shard_id)

    def families(self, shard_ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Put some shards into groups, so that a shard and what follows on it are in one group."""
        return self._kinship.families(shard_ids)

    def _is_next(self, shard_id: str, findings: Findings) -> bool:
        if isinstance(self.origin, AtTime):
            return self._is_next_of_moment(shard_id, findings)
        if isinstance(self.origin, AtSequenceNumber):
            follows = any(
                shard_id in self._kinship.followers(holder) for holder in self.holders(findings)
            )
            return follows or self._may_hold(shard_id)
        return self.origin == OLDEST_EDGE or self.checkpoint(shard_id) != SHARD_END

    def _is_next_of_moment(self, shard_id: str, findings: Findings) -> bool:
        """The youngest shards first: what they follow on is older, and mostly too old."""
        followers = self._kinship.followers(shard_id)
        if any(self._is_too_old(findings.get(each)) for each in followers):
            return False
        return all(each in findings for each in followers)

    def _is_too_old(self, found: SearchResult | None) -> bool:
        """Whether a shard has begun before the moment, so that all that it follows on has ended."""
        return bool(found and found.first and not self.origin.has_begun(found.first))

    def _may_hold(self, shard_id: str) -> bool:
        shard, number = self.shards[shard_id], int(str(self.origin))
        return int(shard.first) <= number and (shard.last is None or number <= int(shard.last))

"""Which shards follow on which."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from consumer.fleet.shards import Shard


class ShardLineage:
    """The families of a stream's shards.

    Args:
        shards: All shards that the stream has, parents before their children.
    """

    def __init__(self, shards: Sequence[Shard]) -> None:
        self._parents: Mapping[str, str | None] = {s.shard_id: s.parent for s in shards}
        self._children: dict[str, list[str]] = defaultdict(list)
        for shard in shards:
            if shard.parent in self._parents:
                self._children[str(shard.parent)].append(shard.shard_id)

    def followers(self, shard_id: str) -> frozenset[str]:
        """The shards that follow on this one, and those that follow on them."""
        found: set[str] = set()
        waiting = [shard_id]
        while waiting:
            fresh = [child for child in self._children[waiting.pop()] if child not in found]
            found.update(fresh)
            waiting.extend(fresh)
        return frozenset(found)

    def scope(self, named: Iterable[str]) -> frozenset[str]:
        """Named shards with all that follow on them; every shard where none is named.

        Raises:
            ValueError: The stream has no such shard.
        """
        chosen = set(named)
        unknown = sorted(chosen - set(self._parents))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: the stream has no such shard; see status")
        if not chosen:
            return frozenset(self._parents)
        return frozenset(chosen.union(*map(self.followers, chosen)))

    def families(self, shard_ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Put some shards into groups, so that a shard and what follows on it are in one group."""
        grouped: dict[str, list[str]] = defaultdict(list)
        for shard_id in shard_ids:
            grouped[self._eldest(shard_id, frozenset(shard_ids))].append(shard_id)
        return tuple(tuple(group) for group in grouped.values())

    def _eldest(self, shard_id: str, among: frozenset[str]) -> str:
        eldest, seen = shard_id, {shard_id}
        while (parent := self._parents[eldest]) in among - seen:
            eldest = str(parent)
            seen.add(eldest)
        return eldest

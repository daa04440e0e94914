"""Parents and children among the shards of a stream."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from consumer.fleet.shards import Shard


class ShardLineage:
    """The families of a stream's shards.

    Args:
        shards: All shards of the stream, parents before their children.
    """

    def __init__(self, shards: Sequence[Shard]) -> None:
        self._parents: Mapping[str, str | None] = {s.shard_id: s.parent for s in shards}
        self._children: dict[str, list[str]] = defaultdict(list)
        for shard in shards:
            if shard.parent in self._parents:
                self._children[str(shard.parent)].append(shard.shard_id)

    def descendants(self, shard_id: str) -> frozenset[str]:
        """A shard's children, their children, and so on."""
        found: set[str] = set()
        waiting = [shard_id]
        while waiting:
            fresh = [child for child in self._children[waiting.pop()] if child not in found]
            found.update(fresh)
            waiting.extend(fresh)
        return frozenset(found)

    def scope(self, named: Iterable[str]) -> frozenset[str]:
        """Named shards with their descendants; every shard if none is named.

        Raises:
            ValueError: The stream has no such shard.
        """
        chosen = set(named)
        unknown = sorted(chosen - set(self._parents))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: the stream has no such shard; see status")
        if not chosen:
            return frozenset(self._parents)
        return frozenset(chosen.union(*map(self.descendants, chosen)))

    def families(self, shard_ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Group shards, so that a shard and its descendants are in one group."""
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


def ended_without_lease(leased: Iterable[str], shards: Iterable[Shard]) -> frozenset[str]:
    """Return the shards that have no lease because they are read to their ends.

    These are the ancestors of leased shards. KCL deletes the lease of an ended shard once its
    children are begun, and never creates a lease for the parent of a leased shard. It doesn't
    matter how far the children are read: a replay may have set them back to their beginnings.

    Args:
        leased: The shards that have a lease.
        shards: The stream's shards.
    """
    held = frozenset(leased)
    parents = {shard.shard_id: shard.parent for shard in shards}
    found, waiting = set[str](), list(held)
    while waiting:
        parent = parents.get(waiting.pop())
        if parent and parent not in found:
            found.add(parent)
            waiting.append(parent)
    return frozenset(found - held)

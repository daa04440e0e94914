"""Which shards are shown first, and by which short names."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import inf

from consumer.fleet.backlog import Backlog
from consumer.fleet.status import FleetStatus, ShardState, ShardStatus

_SHORT = 8
_RANKS: Mapping[ShardState, int] = {"stopped": 0, "silent": 1, "free": 2, "ended": 4}
_ELSE = 3


def worst_first(status: FleetStatus) -> list[ShardStatus]:
    """Return the shards: those that stand still, then by lag, the greatest first; ended ones last.

    An unknown lag counts as the greatest.
    """
    return sorted(status.shards, key=lambda shard: _badness(shard, status.at))


def _badness(shard: ShardStatus, now: float) -> tuple[int, float, str]:
    backlog = shard.backlog
    lag = backlog.lag_seconds(now) if isinstance(backlog, Backlog) else inf
    return _RANKS.get(shard.state, _ELSE), -lag, shard.shard_id


def short_ids(shard_ids: Iterable[str]) -> dict[str, str]:
    """Return a short name for each id: its end, as long as no other id has the same."""
    ids = list(shard_ids)
    endings = {shard_id: f"…{shard_id[-_SHORT:]}" for shard_id in ids}
    many = Counter(endings.values())
    return {
        shard_id: shard_id if many[ending] > 1 or len(ending) >= len(shard_id) else ending
        for shard_id, ending in endings.items()
    }

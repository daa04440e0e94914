"""Where the unread records of each shard begin."""

from collections.abc import Iterable, Mapping, Sequence

from consumer.fleet.leases import TRIM_HORIZON, Lease
from consumer.fleet.lineage import ended_without_lease
from consumer.fleet.shards import Shard


def unread_positions(
    leases: Iterable[Lease], shards: Sequence[Shard], initial: str
) -> Mapping[str, str]:
    """Return, by shard id, the checkpoint of each shard that has not ended.

    Args:
        leases: The leases.
        shards: The stream's shards.
        initial: Where KCL begins a shard without a lease: TRIM_HORIZON or LATEST.
    """
    held = {lease.shard_id: lease for lease in leases}
    ended = ended_without_lease(held, shards)
    begun = {each.shard_id: each.checkpoint for each in held.values() if not each.has_ended}
    unbegun = {
        # A child is read from its beginning, wherever its parent was begun.
        shard.shard_id: TRIM_HORIZON if shard.parent in {*held, *ended} else initial
        for shard in shards
        if shard.shard_id not in held and shard.shard_id not in ended
    }
    return {**begun, **unbegun}

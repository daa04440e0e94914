"""Where the unread records of each shard begin."""

from collections.abc import Iterable, Mapping

from consumer.fleet.leases import TRIM_HORIZON, Lease
from consumer.fleet.shards import Shard


def unread(leases: Iterable[Lease], shards: Iterable[Shard], initial: str) -> Mapping[str, str]:
    """Return where the unread records of each shard begin that has not ended, by its id.

    Args:
        leases: The leases.
        shards: The stream's shards.
        initial: Where a shard without a lease is begun: TRIM_HORIZON or LATEST.
    """
    held, listed = {lease.shard_id: lease for lease in leases}, {s.shard_id: s for s in shards}
    read_before = ancestors(held, listed)
    begun = {each.shard_id: each.checkpoint for each in held.values() if not each.has_ended}
    unbegun = {
        # What follows on a shard that is read is read from its beginning, wherever that one was.
        shard.shard_id: TRIM_HORIZON if shard.parent in {*held, *read_before} else initial
        for shard in listed.values()
        if shard.shard_id not in held and shard.shard_id not in read_before
    }
    return {**begun, **unbegun}


def ancestors(held: Iterable[str], listed: Mapping[str, Shard]) -> set[str]:
    """Return the shards that some of those held follow on, however far back.

    KCL takes away the lease of a shard that is read to its end once a follower has one.
    """
    found, looked_at = set[str](), list(held)
    while looked_at:
        shard = listed.get(looked_at.pop())
        if shard and shard.parent and shard.parent not in found:
            found.add(shard.parent)
            looked_at.append(shard.parent)
    return found

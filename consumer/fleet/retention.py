"""How long a stream keeps a record, and what follows for a shard's age."""

import re
from collections.abc import Iterable

from consumer.fleet.leases import Lease

RETENTION_SECONDS = 24 * 3600
"""A stream keeps a record for 24 hours, published or not, and lists a shard for as long."""

_SHARD_ID = re.compile(r"shardId-(?P<opened_at>\d{20})-.*")
_MILLIS = 1000


def leases_of_another_stream(
    leases: Iterable[Lease], listed: Iterable[str], now: float
) -> tuple[Lease, ...]:
    """Return the unfinished leases of shards that this stream would list if it had them.

    Args:
        leases: The leases. They must be read before the stream is described, since a shard may open
            in between.
        listed: The ids of the stream's shards.
        now: The time, in seconds since 1970 UTC.
    """
    shard_ids = frozenset(listed)
    return tuple(
        lease
        for lease in leases
        if not lease.has_ended
        and lease.shard_id not in shard_ids
        and is_retained(lease.shard_id, now)
    )


def is_retained(shard_id: str, now: float) -> bool:
    """Whether a shard is younger than 24 hours, so that its stream still lists it.

    The time at which a shard was opened stands in its id, in milliseconds. A shard whose id has
    another form counts as old.
    """
    found = _SHARD_ID.fullmatch(shard_id)
    return found is not None and now - int(found["opened_at"]) / _MILLIS < RETENTION_SECONDS

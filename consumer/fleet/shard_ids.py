"""What the id of a shard tells."""

import re

from consumer.fleet.backlog import KEPT_SECONDS

_ID = re.compile(r"shardId-(\d{20})-.*")
_MILLIS = 1000


def is_young(shard_id: str, now: float) -> bool:
    """Whether a stream that has this shard must still list it, since it keeps what is in it.

    The moment at which a shard was opened, in milliseconds, stands in its id.

    Args:
        shard_id: The shard.
        now: The time, in seconds since 1970 UTC.
    """
    found = _ID.fullmatch(shard_id)
    return found is not None and now - int(found[1]) / _MILLIS < KEPT_SECONDS

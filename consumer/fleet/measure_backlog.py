"""Measuring what follows a checkpoint, by reading the stream on from there."""

from dataclasses import replace

from consumer.aws.errors import AWS_ERRORS, code_of
from consumer.aws.explain import explain
from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leases import LATEST, TRIM_HORIZON
from consumer.fleet.stream import Stream

_MOST_OF_ONE_READ = 1000

# DynamoDB may answer without records although some follow, where a part of the shard has none.
_EMPTY_READS = 3

_NOT_FOUND = "ResourceNotFoundException"
_GONE = "the stream has no such shard: its records have expired, or it is another stream's"


def measure_backlog(
    stream: Stream, shard_id: str, checkpoint: str, bound: int
) -> Backlog | Unknown:
    """Read on from a checkpoint until nothing follows, or until more than `bound` records did.

    Args:
        stream: The stream.
        shard_id: The shard.
        checkpoint: As its lease has it, but not SHARD_END.
        bound: Where counting ends. A thousand records are one call, or more if they are large.
    """
    if checkpoint == LATEST:
        return Unknown("it begins at what comes next, and has no checkpoint yet")
    try:
        return _measure(stream, shard_id, checkpoint, bound)
    except AWS_ERRORS as error:
        return Unknown(_GONE if code_of(error) == _NOT_FOUND else explain(shard_id, error))


def _measure(stream: Stream, shard_id: str, checkpoint: str, bound: int) -> Backlog:
    try:
        return _count(stream, stream.iterator_after(shard_id, checkpoint), bound)
    except AWS_ERRORS as error:
        if code_of(error) != "TrimmedDataAccessException":
            raise
        kept = _count(stream, stream.iterator_after(shard_id, TRIM_HORIZON), bound)
        return replace(kept, has_expired=True)


def _count(stream: Stream, iterator: str, bound: int) -> Backlog:
    following: str | None = iterator
    found, empty, oldest = 0, 0, None
    while following and found <= bound and empty < _EMPTY_READS:
        page = stream.read(following, min(_MOST_OF_ONE_READ, bound + 1 - found))
        following = page.next_iterator
        empty = 0 if page.positions else empty + 1
        if page.positions and oldest is None:
            oldest = page.positions[0].created_at
        found += len(page.positions)
    return Backlog(min(found, bound), found > bound, oldest)

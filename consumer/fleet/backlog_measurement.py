"""Measures a shard's backlog by reading the stream on from the checkpoint."""

from consumer.aws.errors import AWS_ERRORS, code_of
from consumer.aws.explain import explain
from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leases import LATEST
from consumer.fleet.shard_pages import ShardPages
from consumer.fleet.shards import ShardPosition
from consumer.fleet.stream import Stream

_MAX_PAGE = 1000

# DynamoDB may answer with an empty page although records follow. An open shard has no end, so after
# this many empty pages it counts as read.
_EMPTY_PAGES = 3

_NOT_FOUND = "ResourceNotFoundException"
_GONE = "the stream has no such shard: its records have expired, or it is another stream's"


def measure_backlog(
    stream: Stream, shard_id: str, checkpoint: str, bound: int, *, is_open: bool
) -> Backlog | Unknown:
    """Count the records after a checkpoint, up to `bound`.

    Args:
        stream: The stream.
        shard_id: The shard.
        checkpoint: The checkpoint of its lease, but not SHARD_END.
        bound: The most records to count. One call reads up to 1,000 records or 1 MB.
        is_open: Whether the shard still takes records. A closed one is read to its end.
    """
    if checkpoint == LATEST:
        return Unknown("its worker begins at LATEST, and has made no checkpoint yet")
    pages = ShardPages(stream, shard_id, checkpoint, min(_MAX_PAGE, bound + 1))
    try:
        return _count(pages, bound, is_open=is_open)
    except AWS_ERRORS as error:
        return Unknown(_GONE if code_of(error) == _NOT_FOUND else explain(shard_id, error))


def _count(pages: ShardPages, bound: int, *, is_open: bool) -> Backlog:
    found, empty = list[ShardPosition](), 0
    for page in pages:
        empty = 0 if page.positions else empty + 1
        found.extend(page.positions)
        if len(found) > bound or (is_open and empty == _EMPTY_PAGES):
            break
    return Backlog(
        min(len(found), bound),
        len(found) > bound,
        found[0].created_at if found else None,
        pages.has_expired,
        tuple(position.sequence_number for position in found[:bound]),
    )

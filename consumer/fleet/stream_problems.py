"""What is wrong with the stream of a configuration: it is disabled, or nobody reads it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from consumer.fleet.leases import Lease
from consumer.fleet.retention import leases_of_another_stream
from consumer.fleet.shards import StreamDescription
from consumer.problems import Problem

_ENABLED = frozenset({"ENABLED", "ENABLING"})
_START = "start workers for it with an applicationName of their own"
_THEN_STOP = "and stop these workers once all their shards have ended"


@dataclass(frozen=True, slots=True)
class LatestStream:
    """The latest stream of a table.

    Attributes:
        arn: The stream; None if the table never had one.
        view: Its view; None if it is not enabled.
        is_enabled: Whether it takes changes.
    """

    arn: str | None
    view: str | None
    is_enabled: bool


def foreign_problems(
    table: str, leases: Iterable[Lease], listed: Iterable[str], now: float
) -> list[Problem]:
    """Return a problem if a lease table has leases of another stream.

    Args:
        table: The lease table's name.
        leases: The leases, read before the stream was described.
        listed: The ids of the stream's shards.
        now: The time, in seconds since 1970 UTC.
    """
    foreign = leases_of_another_stream(leases, listed, now)
    if not foreign:
        return []
    wrong = f"has leases of another stream, such as {foreign[0].shard_id}"
    fix = "a stream that was enabled anew needs an applicationName of its own"
    return [Problem(f"lease table {table!r}", wrong, fix)]


def stream_problems(
    stream: StreamDescription, latest: LatestStream, leases: Collection[Lease]
) -> list[Problem]:
    """Return the problems of a stream that workers read.

    Args:
        stream: The stream of the configuration.
        latest: The latest stream of its table.
        leases: The leases, read before the stream was described.
    """
    return [*_disabled(stream, latest), *_replaced(stream, leases)]


def _disabled(stream: StreamDescription, latest: LatestStream) -> list[Problem]:
    if stream.status in _ENABLED:
        return []
    wrong = "is disabled, so no further change of the table is published"
    if latest.is_enabled and latest.arn != stream.arn:
        fix = f"the table's stream is now {latest.arn}: {_START}, {_THEN_STOP}"
    else:
        fix = f"enable a stream with the view NEW_AND_OLD_IMAGES; {_START}, {_THEN_STOP}"
    return [Problem(f"stream {stream.arn}", wrong, fix)]


def _replaced(stream: StreamDescription, leases: Collection[Lease]) -> list[Problem]:
    listed = {shard.shard_id for shard in stream.shards}
    if not leases or not listed or any(lease.shard_id in listed for lease in leases):
        return []
    wrong = (
        "none of its shards has a lease: the workers of this application read an earlier stream, "
        "or stopped more than 24 hours ago"
    )
    fix = f"start stopped workers; if it replaced another stream, {_START}, {_THEN_STOP}"
    return [Problem(f"stream {stream.arn}", wrong, fix)]

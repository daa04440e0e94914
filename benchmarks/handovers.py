"""Who read which shard when, told by workers' logs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

Span = tuple[float, float]
"""When a record processor began and ended, in seconds since 1970."""


def spans(lines: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Span]]:
    """Yield each shard that a worker read with the time in which it did.

    Args:
        lines: The worker's whole log. What has no end in it ends with its last line.
    """
    begun: dict[str, float] = {}
    now = 0.0
    for line in lines:
        now = _seconds(line) or now
        shard = str(line.get("shardId"))
        if line["event"] == "processor_started":
            begun[shard] = now
        elif line["event"] == "shard_finished" and shard in begun:
            yield shard, (begun.pop(shard), now)
    yield from ((shard, (since, now)) for shard, since in begun.items())


def longest_overlap(logs: Iterable[Iterable[Mapping[str, Any]]]) -> float:
    """Return for how many seconds, at the most, two workers had a record processor for a shard."""
    by_shard: dict[str, list[Span]] = defaultdict(list)
    for log in logs:
        for shard, span in spans(log):
            by_shard[shard].append(span)
    return max((_overlap(spans) for spans in by_shard.values()), default=0.0)


def _overlap(spans: list[Span]) -> float:
    ordered = sorted(spans)
    overlaps = (min(one[1], other[1]) - other[0] for one, other in pairwise(ordered))
    return max(0.0, *overlaps) if len(ordered) > 1 else 0.0


def _seconds(line: Mapping[str, Any]) -> float | None:
    text = line.get("timestamp")
    return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None

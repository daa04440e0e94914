"""Reads the stream for a replay, several shards at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from consumer.aws.errors import code_of
from consumer.fleet.retries import retries
from consumer.fleet.shard_pages import ShardPages
from consumer.fleet.shards import RecordPage
from consumer.fleet.stream import Stream
from consumer.replay.read_plan import ReadPlan
from consumer.replay.shard_search import SearchResult

_PARALLEL_READS = 8

_RETRY_SECONDS = 60
_THROTTLED = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
    }
)

Progress = Callable[[str, int], None]
"""Takes a shard's id and how many of its records were just read. Several threads call it."""


def search_stream(
    stream: Stream, read_plan: ReadPlan, progress: Progress
) -> dict[str, SearchResult]:
    """Read what the plan asks for; return what was found in each shard."""
    search_results: dict[str, SearchResult] = {}

    def search(shard_id: str) -> SearchResult:
        return _search(stream, read_plan, shard_id, progress)

    with ThreadPoolExecutor(_PARALLEL_READS) as pool:
        while shard_ids := read_plan.to_read(search_results):
            search_results.update(zip(shard_ids, pool.map(search, shard_ids), strict=True))
    return search_results


def _search(stream: Stream, read_plan: ReadPlan, shard_id: str, progress: Progress) -> SearchResult:
    search, is_open = read_plan.search(shard_id), read_plan.shards[shard_id].is_open
    checkpoint, empty = read_plan.reads_after(shard_id), 0
    progress(shard_id, 0)
    for page in ShardPages(stream, shard_id, checkpoint, read=_patient_read(stream)):
        search.see(page.positions)
        progress(shard_id, len(page.positions))
        empty = 0 if page.positions else empty + 1
        if search.is_over or (is_open and empty >= search.max_empty_pages):
            break
    return search.result


def _patient_read(stream: Stream) -> Callable[[str, int], RecordPage]:
    """Return a read that retries throttling: workers read the same shards."""
    retrying = retries(_is_throttled, seconds=_RETRY_SECONDS, first_wait=0.25, longest_wait=2)
    return lambda iterator, limit: retrying(stream.read, iterator, limit)


def _is_throttled(error: BaseException) -> bool:
    return code_of(error) in _THROTTLED

"""The stream, read for a replay: several shards side by side."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from consumer.aws.errors import AWS_ERRORS, code_of
from consumer.fleet.leases import TRIM_HORIZON
from consumer.fleet.stream import Stream
from consumer.replay.read_plan import ReadPlan
from consumer.replay.search import SearchResult

_SIDE_BY_SIDE = 8

_PATIENCE_SECONDS = 60
_THROTTLED = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
    }
)

Tell = Callable[[str, int], None]
"""Takes a shard's id and how many records of it have just been read; called by several threads."""


def search_stream(stream: Stream, survey: ReadPlan, tell: Tell) -> dict[str, SearchResult]:
    """Read what a survey asks for, and return what was found in each shard."""
    findings: dict[str, SearchResult] = {}
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        while shard_ids := survey.to_read(findings):
            found = pool.map(lambda shard_id: _search(stream, survey, shard_id, tell), shard_ids)
            findings.update(zip(shard_ids, found, strict=True))
    return findings


def _search(stream: Stream, survey: ReadPlan, shard_id: str, tell: Tell) -> SearchResult:
    search, is_open = survey.search(shard_id), survey.shards[shard_id].is_open
    iterator: str | None = _iterator(stream, shard_id, survey.reads_after(shard_id))
    empty = 0
    tell(shard_id, 0)
    while iterator and not search.is_over and (not is_open or empty < search.patience):
        page = _patiently()(stream.read, iterator)
        search.see(page.positions)
        tell(shard_id, len(page.positions))
        empty = 0 if page.positions else empty + 1
        iterator = page.next_iterator
    return search.finding


def _patiently() -> Retrying:
    """Workers read the same shards, and DynamoDB gives all readers five reads a second together."""
    return Retrying(
        retry=retry_if_exception(_is_throttled),
        stop=stop_after_delay(_PATIENCE_SECONDS),
        wait=wait_random_exponential(multiplier=0.25, max=2),
        reraise=True,
    )


def _is_throttled(error: BaseException) -> bool:
    return code_of(error) in _THROTTLED


def _iterator(stream: Stream, shard_id: str, checkpoint: str) -> str:
    try:
        return stream.iterator_after(shard_id, checkpoint)
    except AWS_ERRORS as error:
        if code_of(error) != "TrimmedDataAccessException":
            raise
        return stream.iterator_after(shard_id, TRIM_HORIZON)

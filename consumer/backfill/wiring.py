"""Where the scans of a backfill are put together."""

import math
from dataclasses import dataclass, replace
from functools import partial

from consumer.backfill.rate_limiter import RateLimiter
from consumer.backfill.segment import Segment, SegmentScan
from consumer.backfill.state import Backfill, ScanPositions
from consumer.backfill.table import Table
from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.wiring import open_destinations, retry_policy, shard_processor
from consumer.publishing.ports import Journal
from consumer.publishing.processor import ShardProcessor
from consumer.publishing.snapshots import decode_snapshot
from consumer.settings.processor import ProcessorSettings


@dataclass(frozen=True, slots=True)
class Tools:
    """What all segments share.

    Attributes:
        settings: Those of a record processor.
        table: The table.
        key_names: The names of its key attributes.
        rate_limiter: When something may be read.
        journal: Where events are noted.
    """

    settings: ProcessorSettings
    table: Table
    key_names: tuple[str, ...]
    rate_limiter: RateLimiter
    journal: Journal


def policy_of(settings: ProcessorSettings) -> RetryPolicy:
    """Return how failed requests are retried: as a record processor does.

    The age of a record doesn't count: a snapshot has the time of its run's beginning, which doesn't
    say how long it has waited.
    """
    patience = settings.operator_error_exit_after or None
    return replace(retry_policy(settings), operator_patience_seconds=patience, oldest_seconds=None)


def open_scans(backfill: Backfill, tools: Tools) -> tuple[list[SegmentScan], list[ScanPositions]]:
    """Return the scan of each segment, and where each keeps its position."""
    positions = [ScanPositions(position) for position in backfill.positions]
    scans = [
        SegmentScan(
            Segment(backfill.run, number, len(positions), tools.key_names),
            tools.table,
            _processor(backfill.run.shard_id(number), tools),
            positions[number],
            tools.rate_limiter,
        )
        for number in range(len(positions))
    ]
    return scans, positions


def _processor(shard_id: str, tools: Tools) -> ShardProcessor:
    settings = tools.settings
    # Each has its own: outcomes are collected by the thread that has begun the call.
    retries = partial(Retries, policy=policy_of(settings), journal=tools.journal)
    destinations = open_destinations(settings, retries, tools.journal)
    return shard_processor(
        settings,
        settings.form(shard_id),
        destinations,
        # The next page fills a batch; only the segment's last batch is partial.
        max_wait_seconds=math.inf,
        decode=decode_snapshot,
    )

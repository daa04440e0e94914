"""A status as plain lines: for a pipe, a file, and a terminal that can't draw."""

from collections.abc import Iterator
from datetime import UTC, datetime

from consumer.fleet.status import FleetStatus
from consumer.status.ranking import worst_first
from consumer.status.words import (
    Subject,
    notes,
    shard_in_words,
    totals_in_words,
    worker_in_words,
)


def plain_lines(status: FleetStatus, subject: Subject, *, everything: bool) -> Iterator[str]:
    """Yield the totals, then a line for each worker and each shard, whose ids are whole.

    Args:
        status: The status.
        subject: What it is of.
        everything: Whether ended shards have a line, too.
    """
    at = f"{datetime.fromtimestamp(status.at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    yield f"{at} {subject.named(wide=True)}: {totals_in_words(status)}"
    for note in notes(status):
        yield f"{at} {note}"
    for worker in status.workers:
        yield f"{at} worker {worker.worker}: {worker_in_words(worker)}"
    for shard in worst_first(status):
        if everything or shard.state != "ended":
            yield f"{at} {shard.shard_id}: {shard_in_words(shard, status.at)}"

"""Where a record processor starts: the daemon runs this once for each shard.

It imports little, since every shard pays for it, and takes settings that `run` has already
checked, through one environment variable.
"""

import logging
import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TextIO

import boto3

from consumer.aws.credentials import renewing_session
from consumer.delivery.retries import CallLimits
from consumer.delivery.wiring import open_parts, retry_policy
from consumer.publishing.batches import Batcher
from consumer.publishing.ports import Fact, Journal
from consumer.publishing.processor import ShardProcessor
from consumer.settings.child import ChildSettings
from consumer.telemetry.emf import EmfForm, metered
from consumer.telemetry.logs import LogJournal, start_logging
from consumer.worker.kcl import RecordProcessor, converse
from consumer.worker.pipe import claim_stdout, daemon_is_gone, give_sign_of_life
from consumer.worker.shim import IGNORED

EXIT_USAGE = 2


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is there before the daemon has named a shard.

    Attributes:
        processor: The record processor.
        journal: Where it notes events.
        last: What is done last of all, at the end of the `with`.
    """

    processor: RecordProcessor
    journal: Journal
    last: ExitStack


def main() -> None:
    """Process one shard, told by the daemon through standard input and output."""
    protocol = claim_stdout()
    ignore_stops()
    try:
        settings = ChildSettings.from_environment(os.environ)
    except KeyError:
        sys.exit(_explain_use())
    process(prepare(settings), protocol)


def ignore_stops() -> None:
    """Leave stops to the daemon, which announces them.

    Service managers and terminals signal the whole group: to end on SIGTERM would leave the daemon
    without an answer and the batch unpublished.
    """
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)


def prepare(settings: ChildSettings) -> Prepared:
    """Do what doesn't depend on the shard; speaks with nobody but whoever gives credentials."""
    bound: dict[str, Fact] = {"workerId": settings.worker_id, "shardId": None}
    start_logging(settings.log_format, settings.log_level, bound)
    log = LogJournal(logging.getLogger("consumer"), give_sign_of_life)
    boto3.setup_default_session(botocore_session=renewing_session(settings.region))
    with ExitStack() as stack:
        journal = stack.enter_context(metered(log, *_measuring(settings, bound)))
        processor = _record_processor(settings, bound, journal)
        return Prepared(processor, journal, stack.pop_all())


def process(prepared: Prepared, protocol: TextIO) -> None:
    """Do what the daemon says on standard input, and answer it."""
    with prepared.last:
        converse(prepared.processor, prepared.journal, sys.stdin, protocol)


def _measuring(settings: ChildSettings, bound: dict[str, Fact]) -> tuple[EmfForm, float]:
    """How metrics are written, and how often."""

    def shard() -> str | None:
        return str(bound["shardId"]) if settings.metrics_per_shard and bound["shardId"] else None

    form = EmfForm(settings.application, settings.table, shard)
    return form, settings.metrics_interval_millis / 1000


def _explain_use() -> int:
    sys.stderr.write(
        "stream-publisher-processor is started by the daemon; start that with "
        "`stream-publisher run --properties FILE`\n"
    )
    return EXIT_USAGE


def _record_processor(
    settings: ChildSettings, bound: dict[str, Fact], journal: Journal
) -> RecordProcessor:
    policy = replace(
        retry_policy(settings),
        operator_patience_seconds=settings.operator_error_exit_after or None,
    )
    parts = open_parts(settings, policy, journal, limits=CallLimits(daemon_is_gone))

    def build(shard_id: str) -> ShardProcessor:
        bound["shardId"] = shard_id
        batcher = Batcher(settings.batch_size, settings.batch_max_wait_millis / 1000)
        form = settings.form(shard_id)
        return ShardProcessor(form, batcher, parts.publisher, journal, parts.poison)

    return RecordProcessor(build, journal)


if __name__ == "__main__":
    main()

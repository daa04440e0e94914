"""Where a record processor starts: the daemon runs this once for each shard.

It imports little, since every shard pays for it, and takes settings that `run` has already
checked, through one environment variable.
"""

import logging
import os
import signal
import sys
from dataclasses import replace

from consumer.adapters.kcl import RecordProcessor, converse
from consumer.adapters.logs import LogJournal, start_logging
from consumer.adapters.metrics import EmfForm, metered
from consumer.adapters.pipe import claim_stdout, daemon_is_gone, give_sign_of_life
from consumer.core.batches import Batcher
from consumer.core.ports import Fact, Journal
from consumer.core.processor import ShardProcessor
from consumer.parts import open_parts, retry_policy
from consumer.settings.child import ChildSettings

EXIT_USAGE = 2


def main() -> None:
    """Process one shard, told by the daemon through standard input and output."""
    protocol = claim_stdout()
    # Stops are the daemon's to announce. Service managers and terminals signal the whole group:
    # ending here on SIGTERM would leave the daemon without an answer and the batch unpublished.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    try:
        settings = ChildSettings.from_environment(os.environ)
    except KeyError:
        sys.exit(_explain_use())
    bound: dict[str, Fact] = {"workerId": settings.worker_id, "shardId": None}
    start_logging(settings.log_format, settings.log_level, bound)
    log = LogJournal(logging.getLogger("consumer"), give_sign_of_life)
    with metered(log, *_measuring(settings, bound)) as journal:
        converse(_record_processor(settings, bound, journal), journal, sys.stdin, protocol)


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
        is_abandoned=daemon_is_gone,
    )
    parts = open_parts(settings, policy, journal)

    def build(shard_id: str) -> ShardProcessor:
        bound["shardId"] = shard_id
        batcher = Batcher(settings.batch_size, settings.batch_max_wait_millis / 1000)
        form = settings.form(shard_id)
        return ShardProcessor(form, batcher, parts.publisher, journal, parts.poison)

    return RecordProcessor(build, journal)


if __name__ == "__main__":
    main()

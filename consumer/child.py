"""Where a record processor starts: the daemon runs this once for each shard.

It imports little, since every shard pays for it, and takes settings that `run` has already
checked, through one environment variable.
"""

import logging
import os
import signal
import sys

from amazon_kclpy import kcl

from consumer.adapters.aws import client
from consumer.adapters.kcl import RecordProcessor
from consumer.adapters.logs import LogJournal, start_logging
from consumer.adapters.pipe import claim_stdout, daemon_is_gone
from consumer.adapters.sns import RetryPolicy, SnsPublisher
from consumer.core.batches import Batcher
from consumer.core.messages import MessageForm
from consumer.core.ports import Fact
from consumer.core.processor import ShardProcessor
from consumer.settings.child import ChildSettings

EXIT_USAGE = 2


def main() -> None:
    """Process one shard, told by the daemon through standard input and output."""
    protocol = claim_stdout()
    # Stops are the daemon's to announce. Service managers and terminals signal the whole group:
    # ending here on SIGTERM would leave the daemon without an answer and the batch unpublished.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        settings = ChildSettings.from_environment(os.environ)
    except KeyError:
        sys.exit(_explain_use())
    bound: dict[str, Fact] = {"workerId": settings.worker_id, "shardId": None}
    start_logging(settings.log_format, settings.log_level, bound)
    kcl.KCLProcess(_record_processor(settings, bound), sys.stdin, protocol, sys.stderr).run()


def _explain_use() -> int:
    sys.stderr.write(
        "stream-publisher-processor is started by the daemon; start that with "
        "`stream-publisher run --properties FILE`\n"
    )
    return EXIT_USAGE


def _record_processor(settings: ChildSettings, bound: dict[str, Fact]) -> RecordProcessor:
    journal = LogJournal(logging.getLogger("consumer"))
    publisher = SnsPublisher(
        client("sns", region=settings.topic_arn.split(":")[3]),
        settings.topic_arn,
        journal,
        RetryPolicy(longest_wait_seconds=settings.retry_max_wait_millis / 1000),
        is_abandoned=daemon_is_gone,
    )

    def build(shard_id: str) -> ShardProcessor:
        bound["shardId"] = shard_id
        batcher = Batcher(settings.batch_size, settings.batch_max_wait_millis / 1000)
        return ShardProcessor(_form(settings, shard_id), batcher, publisher, journal)

    return RecordProcessor(build, journal)


def _form(settings: ChildSettings, shard_id: str) -> MessageForm:
    return MessageForm(
        table=settings.table,
        shard_id=shard_id,
        subject=settings.subject,
        entry_metadata=settings.entry_metadata,
        plain_images=settings.plain_images,
    )


if __name__ == "__main__":
    main()

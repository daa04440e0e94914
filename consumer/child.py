"""Where a record processor starts: the daemon runs this once for each shard.

It imports little, since every shard pays for it, and takes settings that `run` has already
checked, through one environment variable.
"""

import logging
import os
import signal
import sys

from consumer.adapters.aws import client
from consumer.adapters.bucket import Bucket, open_bucket
from consumer.adapters.dead_letters import Origin, SqsDeadLetters
from consumer.adapters.kcl import RecordProcessor, converse
from consumer.adapters.logs import LogJournal, start_logging
from consumer.adapters.pipe import claim_stdout, daemon_is_gone, give_sign_of_life
from consumer.adapters.retries import Retries, RetryPolicy
from consumer.adapters.sns import SnsPublisher
from consumer.core.batches import Batcher
from consumer.core.claims import FittingPublisher, NoClaimCheck
from consumer.core.letters import KeepPoison, Poison, StopAtPoison
from consumer.core.ports import Fact, Journal
from consumer.core.processor import ShardProcessor
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
    journal = LogJournal(logging.getLogger("consumer"), give_sign_of_life)
    converse(_record_processor(settings, bound, journal), journal, sys.stdin, protocol)


def _explain_use() -> int:
    sys.stderr.write(
        "stream-publisher-processor is started by the daemon; start that with "
        "`stream-publisher run --properties FILE`\n"
    )
    return EXIT_USAGE


def _record_processor(
    settings: ChildSettings, bound: dict[str, Fact], journal: Journal
) -> RecordProcessor:
    policy = RetryPolicy(
        longest_wait_seconds=settings.retry_max_wait_millis / 1000,
        operator_patience_seconds=settings.operator_error_exit_after or None,
        most_attempts=settings.max_attempts or None,
        oldest_seconds=settings.max_record_age or None,
        is_abandoned=daemon_is_gone,
    )
    bucket = open_bucket(settings.claim_check_bucket, settings.region, policy, journal)
    topic = SnsPublisher(
        client("sns", region=settings.region),
        settings.topic_arn,
        Retries(f"topic {settings.topic_arn}", policy, journal),
        most_calls=settings.max_in_flight,
    )
    publisher = FittingPublisher(topic, bucket or NoClaimCheck(topic))

    def build(shard_id: str) -> ShardProcessor:
        bound["shardId"] = shard_id
        batcher = Batcher(settings.batch_size, settings.batch_max_wait_millis / 1000)
        poison = _poison(settings, policy, journal, bucket)
        return ShardProcessor(settings.form(shard_id), batcher, publisher, journal, poison)

    return RecordProcessor(build, journal)


def _poison(
    settings: ChildSettings, policy: RetryPolicy, journal: Journal, bucket: Bucket | None
) -> Poison:
    url = settings.dead_letter_queue_url
    if settings.on_poison == "stop" or url is None:
        return StopAtPoison()
    letters = SqsDeadLetters(
        client("sqs", region=settings.region),
        url,
        Origin(settings.table, settings.worker_id),
        Retries(f"queue {url}", policy, journal),
        bucket,
    )
    return KeepPoison(letters, settings.dead_letter_max_percent)


if __name__ == "__main__":
    main()

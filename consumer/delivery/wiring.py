"""What publishes a shard, put together from settings: for worker, function and backfill alike."""

from typing import TypeVar

from consumer.aws.clients import client
from consumer.delivery.retries import RetriesOf
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import Bucket, open_bucket
from consumer.delivery.sns import SnsPublisher
from consumer.delivery.sqs_dead_letters import Sender, SqsDeadLetters
from consumer.publishing.batches import Batcher
from consumer.publishing.messages import MessageForm
from consumer.publishing.poison import DeadLetterOnPoison, PoisonPolicy, StopOnPoison
from consumer.publishing.ports import Journal, Publisher
from consumer.publishing.processor import ShardProcessor
from consumer.publishing.records import decode_record
from consumer.publishing.shard import Decode, Destinations, Shard
from consumer.settings.processor import ProcessorSettings

Topic = TypeVar("Topic", bound=SnsPublisher)


def retry_policy(settings: ProcessorSettings) -> RetryPolicy:
    """Return the settings' rules for retries; the caller adds how long to wait for an operator."""
    return RetryPolicy(
        longest_wait_seconds=settings.retry_max_wait_millis / 1000,
        most_attempts=settings.max_attempts or None,
        oldest_seconds=settings.max_record_age or None,
    )


def open_topic(settings: ProcessorSettings, retries: RetriesOf, kind: type[Topic]) -> Topic:
    """Make a publisher to the topic; asks nothing of AWS yet.

    Args:
        settings: What is published where.
        retries: How failed calls are retried.
        kind: The class of the publisher.
    """
    sns, arn = client("sns", region=settings.region_of("sns")), settings.topic_arn
    return kind(
        sns,
        arn,
        retries(f"topic {arn}"),
        most_calls=settings.max_in_flight,
        most_groups=settings.most_groups,
    )


def open_destinations(
    settings: ProcessorSettings,
    retries: RetriesOf,
    journal: Journal,
    topic: Publisher | None = None,
) -> Destinations:
    """Make clients, and what uses them; asks nothing of AWS yet.

    Args:
        settings: What is published where.
        retries: How failed calls are retried.
        journal: Where events are noted.
        topic: The topic, where there is a publisher to it already.
    """
    bucket = open_bucket(settings, retries, journal)
    return Destinations(
        topic or open_topic(settings, retries, SnsPublisher),
        bucket,
        _poison(settings, retries, bucket),
        journal,
    )


def shard_processor(
    settings: ProcessorSettings,
    form: MessageForm,
    destinations: Destinations,
    *,
    max_wait_seconds: float,
    decode: Decode = decode_record,
) -> ShardProcessor:
    """Return the processor of a shard, or of what takes a shard's place.

    Args:
        settings: Its batch size, and which records are published.
        form: How its messages are written.
        destinations: Where its records and events go.
        max_wait_seconds: How long the oldest record of a partial batch may wait.
        decode: Reads its records.
    """
    batcher = Batcher(settings.collected, max_wait_seconds)
    select = settings.selection().select
    return ShardProcessor(Shard(form, decode, batcher, destinations, select))


def _poison(settings: ProcessorSettings, retries: RetriesOf, bucket: Bucket | None) -> PoisonPolicy:
    url = settings.dead_letter_queue_url
    if settings.on_poison == "stop" or url is None:
        return StopOnPoison()
    dead_letters = SqsDeadLetters(
        client("sqs", region=settings.region_of("sqs")),
        url,
        Sender(settings.table, settings.worker_id),
        retries(f"queue {url}"),
        bucket,
    )
    return DeadLetterOnPoison(dead_letters, settings.dead_letter_max_percent)

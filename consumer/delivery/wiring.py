"""What a record processor and a function have in common, put together from settings."""

from collections.abc import Callable
from dataclasses import dataclass

from consumer.aws.clients import client
from consumer.delivery.retries import Retries, RetryPolicy
from consumer.delivery.s3_bodies import Bucket, open_bucket
from consumer.delivery.sns import SnsPublisher
from consumer.delivery.sqs_dead_letters import Sender, SqsDeadLetters
from consumer.publishing.claim_check import ClaimCheckPublisher, NoClaimCheck
from consumer.publishing.poison import DeadLetterOnPoison, PoisonPolicy, StopOnPoison
from consumer.publishing.ports import Journal, Publisher
from consumer.settings.processor import ProcessorSettings


@dataclass(frozen=True, slots=True)
class PublishingParts:
    """What outlives a shard.

    Attributes:
        publisher: The topic, and the bucket for what is too large for it.
        poison: What becomes of records that can't be published.
    """

    publisher: ClaimCheckPublisher
    poison: PoisonPolicy


def retry_policy(settings: ProcessorSettings) -> RetryPolicy:
    """Return what settings say of tries; how long an operator is waited for is the caller's."""
    return RetryPolicy(
        longest_wait_seconds=settings.retry_max_wait_millis / 1000,
        most_attempts=settings.max_attempts or None,
        oldest_seconds=settings.max_record_age or None,
    )


def open_parts(
    settings: ProcessorSettings,
    policy: RetryPolicy,
    journal: Journal,
    around: Callable[[Publisher], Publisher] = lambda topic: topic,
) -> PublishingParts:
    """Make clients, and what stands on them; asks nothing of AWS yet.

    Args:
        settings: What is published where.
        policy: How requests are tried again.
        journal: Where events are noted.
        around: What is put around the topic, for whoever wants to see what it takes.
    """
    bucket = open_bucket(settings.claim_check_bucket, settings.region, policy, journal)
    topic = around(
        SnsPublisher(
            client("sns", region=settings.region),
            settings.topic_arn,
            Retries(f"topic {settings.topic_arn}", policy, journal),
            most_calls=settings.max_in_flight,
        )
    )
    publisher = ClaimCheckPublisher(topic, bucket or NoClaimCheck(topic))
    return PublishingParts(publisher, _poison(settings, policy, journal, bucket))


def _poison(
    settings: ProcessorSettings, policy: RetryPolicy, journal: Journal, bucket: Bucket | None
) -> PoisonPolicy:
    url = settings.dead_letter_queue_url
    if settings.on_poison == "stop" or url is None:
        return StopOnPoison()
    letters = SqsDeadLetters(
        client("sqs", region=settings.region),
        url,
        Sender(settings.table, settings.worker_id),
        Retries(f"queue {url}", policy, journal),
        bucket,
    )
    return DeadLetterOnPoison(letters, settings.dead_letter_max_percent)

"""What a record processor and a function have in common, put together from settings."""

from collections.abc import Callable
from dataclasses import dataclass

from consumer.aws.clients import client
from consumer.delivery.retries import CallLimits, Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import Bucket, open_bucket
from consumer.delivery.sns import SnsPublisher
from consumer.delivery.sqs_dead_letters import Sender, SqsDeadLetters
from consumer.publishing.claim_check import ClaimCheckPublisher, NoClaimCheck
from consumer.publishing.poison import DeadLetterOnPoison, PoisonPolicy, StopOnPoison
from consumer.publishing.ports import Journal, Publisher
from consumer.settings.child import ChildSettings


@dataclass(frozen=True, slots=True)
class PublishingParts:
    """What outlives a shard.

    Attributes:
        publisher: The topic, and the bucket for what is too large for it.
        poison: What becomes of records that can't be published.
    """

    publisher: ClaimCheckPublisher
    poison: PoisonPolicy


def retry_policy(settings: ChildSettings) -> RetryPolicy:
    """Return what settings say of retries; how long an operator is waited for is the caller's."""
    return RetryPolicy(
        longest_wait_seconds=settings.retry_max_wait_millis / 1000,
        most_attempts=settings.max_attempts or None,
        oldest_seconds=settings.max_record_age or None,
    )


def open_parts(
    settings: ChildSettings,
    policy: RetryPolicy,
    journal: Journal,
    around: Callable[[Publisher], Publisher] = lambda topic: topic,
    limits: CallLimits = CallLimits(),  # noqa: B008 - it is frozen
) -> PublishingParts:
    """Make clients, and what stands on them; asks nothing of AWS yet.

    Args:
        settings: What is published where.
        policy: How calls are retried.
        journal: Where events are noted.
        around: What is put around the topic, for whoever wants to see what it takes.
        limits: Until when calls may be made.
    """

    def retries(thing: str) -> Retries:
        return Retries(thing, policy, journal, limits)

    bucket = open_bucket(settings.claim_check_bucket, settings.region, retries, journal)
    topic = around(
        SnsPublisher(
            client("sns", region=settings.region),
            settings.topic_arn,
            retries(f"topic {settings.topic_arn}"),
            most_calls=settings.max_in_flight,
        )
    )
    publisher = ClaimCheckPublisher(topic, bucket or NoClaimCheck(topic))
    return PublishingParts(publisher, _poison(settings, retries, bucket))


def _poison(
    settings: ChildSettings, retries: Callable[[str], Retries], bucket: Bucket | None
) -> PoisonPolicy:
    url = settings.dead_letter_queue_url
    if settings.on_poison == "stop" or url is None:
        return StopOnPoison()
    letters = SqsDeadLetters(
        client("sqs", region=settings.region),
        url,
        Sender(settings.table, settings.worker_id),
        retries(f"queue {url}"),
        bucket,
    )
    return DeadLetterOnPoison(letters, settings.dead_letter_max_percent)

"""What the commands of `dead-letters` work with: the queue, the topic and the bucket."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from consumer.aws.clients import client
from consumer.dead_letters.trust import Home
from consumer.delivery.retries import Clocks, Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import fetch, open_bucket
from consumer.delivery.sns import SnsPublisher
from consumer.delivery.sqs_dead_letters import DeadLetterQueue, QueuedDeadLetter
from consumer.delivery.wiring import open_topic
from consumer.publishing.dead_letter import DeadLetter
from consumer.publishing.ports import ClaimCheck
from consumer.settings.processor import ProcessorSettings
from consumer.telemetry.logs import LogJournal
from consumer.terminal import exits
from consumer.terminal.failures import configuration_of, told_in_one_line
from consumer.terminal.interrupts import StopRequest, deferred
from consumer.terminal.output import say_error

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a command.

    Attributes:
        queue: The dead-letter queue.
        topic: The topic.
        claim_check: Keeps what is too large for the topic; None where there is no bucket.
        settings: How messages are written.
        stop: Whether the command is to stop.
    """

    queue: DeadLetterQueue
    topic: SnsPublisher
    claim_check: ClaimCheck | None
    settings: ProcessorSettings
    stop: StopRequest

    def dead_letters(self) -> Iterator[QueuedDeadLetter]:
        """Yield every dead letter once; raise KeyboardInterrupt once the command is to stop."""
        for queued in self.queue.dead_letters():
            self.stop.check()
            yield queued

    @property
    def home(self) -> Home:
        """Where this application's dead letters come from."""
        return Home(self.settings.table, self.settings.claim_check_bucket)

    def with_record(self, dead_letter: DeadLetter) -> DeadLetter:
        """Return a dead letter with its record, fetched where it lies in S3.

        Raises:
            PublishError: The record can't be had.
        """
        if dead_letter.elsewhere is None:
            return dead_letter
        s3: S3Client = client("s3", attempts=3, region=self.settings.region_of("s3"))
        record = fetch(s3, dead_letter.elsewhere, self.settings.bucket_owner)
        return replace(dead_letter, data=record, elsewhere=None)


@contextmanager
def open_session(properties: Path | None) -> Iterator[Session]:
    """Open the queue of these settings; end with a line where there is none."""
    configuration = configuration_of(properties)
    settings = configuration.for_processor("dead-letters")
    url = settings.dead_letter_queue_url
    if url is None:
        say_error(
            "publisher.deadLetterQueueUrl: is missing; set it in the file or as "
            "PUBLISHER_DEAD_LETTER_QUEUE_URL"
        )
        sys.exit(exits.USAGE)
    queues = client("sqs", attempts=3, region=settings.region_of("sqs"))
    with (
        deferred() as stop,
        told_in_one_line(f"queue {url}"),
        DeadLetterQueue(queues, url) as queue,
    ):
        yield Session(queue, *_topic(settings, stop), settings, stop)


def _topic(
    settings: ProcessorSettings, stop: StopRequest
) -> tuple[SnsPublisher, ClaimCheck | None]:
    policy, journal = RetryPolicy(operator_patience_seconds=0), LogJournal(logging.getLogger())
    clocks = Clocks(sleep=stop.sleep)
    retries = partial(Retries, policy=policy, journal=journal, clocks=clocks)
    return open_topic(settings, retries, SnsPublisher), open_bucket(settings, retries, journal)

"""A dead-letter queue and a topic, for tests of the command."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from click.testing import CliRunner, Result
from moto import mock_aws

from consumer.cli import main
from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import open_bucket
from consumer.delivery.sqs_dead_letters import Sender, SqsDeadLetters
from consumer.publishing.dead_letter import DeadLetter
from tests.builders import a_raw_record
from tests.fakes import FakeJournal, bucket_settings, retries_of

REGION = "eu-west-1"


@dataclass
class Office:
    """A queue with letters, and the topic they were meant for."""

    sqs: Any
    queue_url: str
    topic_arn: str
    bucket: str | None = None

    def put(
        self, number: int, data: bytes | None = None, reason: str = "the topic refused it"
    ) -> None:
        """Put a letter into the queue."""
        retries = Retries("queue", RetryPolicy(), FakeJournal())
        sender = Sender("orders", "worker-1")
        bucket = open_bucket(bucket_settings(self.bucket), retries_of, FakeJournal())
        letters = SqsDeadLetters(self.sqs, self.queue_url, sender, retries, bucket)
        record = data if data is not None else a_raw_record(number, "INSERT").data
        letters.send(DeadLetter("shardId-1", str(number), record, reason))

    def run(self, *arguments: str) -> Result:
        """`stream-publisher dead-letters` with this queue and topic."""
        environ = {**self.environ(), "COLUMNS": "80"}
        return CliRunner().invoke(main, ["dead-letters", *arguments], env=environ)

    def environ(self) -> dict[str, str]:
        """The settings of this queue and topic."""
        return {
            "PUBLISHER_TABLE": "orders",
            "PUBLISHER_TOPIC_ARN": self.topic_arn,
            "PUBLISHER_DEAD_LETTER_QUEUE_URL": self.queue_url,
            "PUBLISHER_CLAIM_CHECK_BUCKET": self.bucket or "",
            "KCL_APPLICATION_NAME": "app",
        }

    def listed(self) -> list[dict[str, Any]]:
        """What `list --json` shows."""
        return [json.loads(line) for line in self.run("list", "--json").stdout.splitlines()]


@contextmanager
def open_office() -> Iterator[Office]:
    """An empty queue and a topic, in memory."""
    with mock_aws():
        sqs, sns = boto3.client("sqs", region_name=REGION), boto3.client("sns", region_name=REGION)
        url = sqs.create_queue(QueueName="letters")["QueueUrl"]
        yield Office(sqs, url, sns.create_topic(Name="changes")["TopicArn"])

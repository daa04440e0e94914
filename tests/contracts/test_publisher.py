"""What every publisher does: the real one on moto's SNS, and the fake of the fast tests."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from consumer.adapters.retries import RetryPolicy
from consumer.adapters.sns import SnsPublisher
from consumer.core.errors import BatchError, OperatorError
from consumer.core.messages import Message, encode_message
from consumer.core.ports import Publisher
from tests.builders import FORM, a_batch
from tests.fakes import FakeTopic, a_publisher

REGION = "eu-west-1"


@dataclass
class Subject:
    """A publisher under test.

    Attributes:
        publisher: The publisher.
        published: What its topic holds: Subject and body of each message.
        refusing: A publisher whose topic is gone, and whose patience is over.
    """

    publisher: Publisher
    published: Callable[[], list[tuple[str, str]]]
    refusing: Publisher


def fake() -> Subject:
    """The fake."""
    topic = FakeTopic()
    return Subject(
        topic,
        lambda: [(message.subject, message.body) for message in topic.messages],
        FakeTopic(fails=OperatorError("the topic is gone")),
    )


def real() -> Subject:
    """The real one, with a queue that sees what its topic holds."""
    sns, sqs = boto3.client("sns", region_name=REGION), boto3.client("sqs", region_name=REGION)
    topic_arn = sns.create_topic(Name="changes")["TopicArn"]
    queue_url = sqs.create_queue(QueueName="seen")["QueueUrl"]
    sns.subscribe(
        TopicArn=topic_arn, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:123456789012:seen"
    )
    return Subject(
        publisher(sns, topic_arn),
        lambda: list(received(sqs, queue_url)),
        publisher(sns, f"{topic_arn}-that-is-gone", operator_patience_seconds=0),
    )


def publisher(
    sns: Any,  # noqa: ANN401 - a boto3 client
    topic_arn: str,
    operator_patience_seconds: float | None = None,
) -> SnsPublisher:
    """A real publisher to a topic."""
    policy = RetryPolicy(operator_patience_seconds=operator_patience_seconds)
    return a_publisher(sns, topic_arn, policy)


def received(sqs: Any, queue_url: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Subject and body of what is in the queue."""
    answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    for message in answer.get("Messages", []):
        envelope = json.loads(message["Body"])
        yield envelope["Subject"], envelope["Message"]


@pytest.fixture(params=[fake, real])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each publisher in turn."""
    with mock_aws():
        made: Subject = request.param()
        yield made


def a_message() -> Message:
    """Ten changes."""
    return encode_message(a_batch(1, 10), FORM)


def test_a_published_message_is_in_the_topic(subject: Subject) -> None:
    """Subject and body are as given, and the receipt tells of it."""
    receipt = subject.publisher.publish(a_message())

    assert subject.published() == [(a_message().subject, a_message().body)]
    assert receipt.message_id
    assert receipt.attempts == 1
    assert receipt.seconds >= 0


def test_a_topic_that_is_gone_raises(subject: Subject) -> None:
    """The caller must not take it for published."""
    with pytest.raises(OperatorError):
        subject.refusing.publish(a_message())


@pytest.mark.parametrize("bytes_more", [0, 1])
def test_a_message_of_the_limit_fits_and_a_larger_one_does_not(
    subject: Subject, bytes_more: int
) -> None:
    """To the byte; in ASCII and without attributes, since moto counts characters of the body."""
    limit = subject.publisher.largest_message()
    small = replace(a_message(), attributes={})
    message = replace(small, body=small.body + "x" * (limit - small.size + bytes_more))

    assert message.size == limit + bytes_more
    if bytes_more:
        with pytest.raises(BatchError):
            subject.publisher.publish(message)
    else:
        assert subject.publisher.publish(message).message_id

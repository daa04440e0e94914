"""What every publisher does: the real one on moto's SNS, and the fake of the fast tests."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.sns import SnsPublisher
from consumer.publishing.errors import BatchError, OperatorError
from consumer.publishing.messages import Message, encode_message
from consumer.publishing.ports import Publisher, PublishOutcome, Receipt
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

    publisher: FakeTopic | SnsPublisher
    published: Callable[[], list[tuple[str, str]]]
    refusing: FakeTopic | SnsPublisher


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


def messages(count: int) -> list[Message]:
    """So many, of ten changes each."""
    return [encode_message(a_batch(10 * n + 1, 10 * n + 10), FORM) for n in range(count)]


def outcomes(publisher: Publisher) -> dict[str, PublishOutcome]:
    """Wait for all that is in flight; the outcome of each message, by its id."""
    told: list[PublishOutcome] = []
    while some := publisher.finished(wait=True):
        told.extend(some)
    assert len({each.message.deduplication_id for each in told}) == len(told)
    return {each.message.deduplication_id: each for each in told}


def test_the_messages_of_a_call_are_in_the_topic(subject: Subject) -> None:
    """Each has its receipt."""
    sent = messages(3)
    subject.publisher.begin(sent)
    told = outcomes(subject.publisher)

    assert sorted(subject.published()) == sorted((each.subject, each.body) for each in sent)
    assert set(told) == {message.deduplication_id for message in sent}
    assert all(isinstance(each.result, Receipt) for each in told.values())
    assert all(told[message.deduplication_id].message == message for message in sent)


def test_calls_may_be_in_flight_side_by_side(subject: Subject) -> None:
    """As many as there are limits, each as full as can be."""
    limits = subject.publisher.limits
    sent = messages(limits.calls * limits.messages)
    for call in range(limits.calls):
        subject.publisher.begin(sent[call :: limits.calls])
    told = outcomes(subject.publisher)

    assert set(told) == {message.deduplication_id for message in sent}
    assert subject.publisher.finished(wait=True) == []


def test_nothing_in_flight_is_not_waited_for(subject: Subject) -> None:
    """There is nothing to tell."""
    assert subject.publisher.finished(wait=True) == []
    assert subject.publisher.finished(wait=False) == []
    assert subject.publisher.cancel() == []


def test_one_refused_message_of_a_call_keeps_none_back(subject: Subject) -> None:
    """It alone is told to be refused."""
    limit = subject.publisher.largest_message()
    good, bad = messages(2)
    bad = replace(bad, body="x" * (limit + 1))
    subject.publisher.begin([bad])
    subject.publisher.begin([good])
    told = outcomes(subject.publisher)

    assert isinstance(told[bad.deduplication_id].result, BatchError)
    assert isinstance(told[good.deduplication_id].result, Receipt)


def test_cancelled_calls_are_over(subject: Subject) -> None:
    """Whatever was sent is told of, and nothing is in flight any more."""
    subject.publisher.begin(messages(2))
    told = subject.publisher.cancel()

    assert len(subject.published()) >= len(told)
    assert subject.publisher.finished(wait=True) == []


def test_a_call_to_a_topic_that_is_gone_fails(subject: Subject) -> None:
    """Each message of it; the caller must not take them for published."""
    subject.refusing.begin(messages(2))
    told = outcomes(subject.refusing)

    assert [type(each.result) for each in told.values()] == [OperatorError] * 2


def test_a_topic_that_is_gone_raises(subject: Subject) -> None:
    """The caller must not take it for published."""
    with pytest.raises(OperatorError):
        subject.refusing.publish(a_message())


@pytest.mark.parametrize("bytes_more", [0, 1])
def test_a_message_of_the_limit_fits_and_a_larger_one_does_not(
    subject: Subject, bytes_more: int
) -> None:
    """To the byte; in ASCII, without Subject and attributes, since moto counts the body only."""
    limit = subject.publisher.largest_message()
    small = replace(a_message(), attributes={}, subject="")
    message = replace(small, body=small.body + "x" * (limit - small.size + bytes_more))

    assert message.size == limit + bytes_more
    if bytes_more:
        with pytest.raises(BatchError):
            subject.publisher.publish(message)
    else:
        assert subject.publisher.publish(message).message_id

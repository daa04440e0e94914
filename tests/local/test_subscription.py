"""A subscriber for as long as one looks."""

import contextlib
import fnmatch
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import Bucket
from consumer.local.subscription import Subscription, parse_envelope
from consumer.publishing.claim_check import claim_key, pointer_to
from consumer.publishing.envelope import EnvelopeName
from consumer.publishing.messages import encode_message
from consumer.publishing.s3_location import S3Location
from tests.builders import FORM, SUBJECT, a_batch
from tests.fakes import ACCOUNT, FakeJournal, a_publisher
from tests.places import ROOT

REGION = "eu-west-1"


@pytest.fixture
def clients() -> Iterator[tuple[Any, Any]]:
    """SNS and SQS in memory."""
    with mock_aws():
        yield boto3.client("sns", region_name=REGION), boto3.client("sqs", region_name=REGION)


@pytest.mark.parametrize("body", ["hello", '{"a": 1}', '[{"x": 1}]', "[3]", "3"])
def test_somebody_elses_message_is_kept_as_it_is(body: str) -> None:
    """A topic may have other publishers."""
    received = parse_envelope(
        json.dumps(
            {
                "MessageId": "m-1",
                "Message": body,
                "Timestamp": "2026-01-31T12:00:00.000Z",
                "MessageAttributes": {"n": {"Type": "Number", "Value": "1.5"}},
            }
        )
    )

    assert (received.body, list(received.entries)) == (body, [])
    assert received.attributes == {"n": "1.5"}


def test_a_message_is_seen_as_it_was_published(clients: tuple[Any, Any]) -> None:
    """Subject, entries and attributes, each in its type; and once."""
    sns, sqs = clients
    topic_arn = sns.create_topic(Name="changes")["TopicArn"]
    message = encode_message(a_batch(1, 3), FORM)
    with Subscription(topic_arn, sns, sqs) as subscription:
        receipt = a_publisher(sns, topic_arn).publish(message)
        (received,) = subscription.receive(wait_seconds=0)
        assert subscription.receive(wait_seconds=0) == []

    assert received.message_id == receipt.message_id
    assert received.subject == SUBJECT
    assert [entry["eventName"] for entry in received.entries] == ["MODIFY"] * 3
    assert received.attributes == message.attributes
    assert received.sent_at.tzinfo is not None


@pytest.mark.parametrize("envelope", ["cloudevents", "change"])
def test_the_entries_of_every_form_are_seen(
    clients: tuple[Any, Any], envelope: EnvelopeName
) -> None:
    """As those of a list."""
    sns, sqs = clients
    topic_arn = sns.create_topic(Name="changes")["TopicArn"]
    (entry,) = json.loads(encode_message(a_batch(1, 1), FORM).body)
    with Subscription(topic_arn, sns, sqs) as subscription:
        message = encode_message(a_batch(1, 1), replace(FORM, envelope=envelope))
        a_publisher(sns, topic_arn).publish(message)
        (received,) = subscription.receive(wait_seconds=0)

    assert received.entries == [entry]
    assert received.attributes["envelope"] == f"{envelope}/1"


@pytest.mark.parametrize("key", ["payroll/2026.json", "messages/payroll/1", "letters/orders/1"])
def test_a_pointer_to_another_place_is_not_followed(clients: tuple[Any, Any], key: str) -> None:
    """Whoever may publish could have anything shown that these credentials may read."""
    sns, sqs = clients
    files = boto3.client("s3", region_name="us-east-1")
    files.create_bucket(Bucket="large-changes")
    files.put_object(Bucket="large-changes", Key=key, Body=b"secret")
    topic_arn = sns.create_topic(Name="changes")["TopicArn"]
    forged = pointer_to(encode_message(a_batch(1, 1), FORM), S3Location("large-changes", key))
    with Subscription(topic_arn, sns, sqs) as subscription:
        a_publisher(sns, topic_arn).publish(forged)
        (received,) = subscription.receive(wait_seconds=0)

    assert received.entries == ()
    assert "is no place for a body of this program" in str(received.mistake)


def test_a_pointer_is_followed(clients: tuple[Any, Any]) -> None:
    """The change counts as if it had fitted; one that is gone leaves the pointer, and says so."""
    sns, sqs = clients
    files = boto3.client("s3", region_name="us-east-1")
    files.create_bucket(Bucket="large-changes")
    topic_arn = sns.create_topic(Name="changes")["TopicArn"]
    retries = Retries("bucket", RetryPolicy(), FakeJournal())
    message = encode_message(a_batch(1, 1), FORM)
    pointer = Bucket(files, "large-changes", ACCOUNT, retries, FakeJournal()).keep(message)
    with Subscription(topic_arn, sns, sqs) as subscription:
        a_publisher(sns, topic_arn).publish(pointer)
        (received,) = subscription.receive(wait_seconds=0)
        files.delete_object(Bucket="large-changes", Key=claim_key(message))
        a_publisher(sns, topic_arn).publish(pointer)
        (gone,) = subscription.receive(wait_seconds=0)

    assert (received.body, received.mistake) == (message.body, None)
    assert [entry["eventName"] for entry in received.entries] == ["MODIFY"]
    assert received.attributes == pointer.attributes
    assert (gone.body, list(gone.entries)) == (pointer.body, [])
    assert "s3://large-changes/messages/orders/shardId-1/1-1: is not there" in str(gone.mistake)


def test_a_queue_that_is_left_behind_keeps_no_change_for_long(clients: tuple[Any, Any]) -> None:
    """A killed process can't delete it; SQS forgets what it has after a quarter of an hour."""
    sns, sqs = clients
    topic_arn = sns.create_topic(Name="changes")["TopicArn"]
    with Subscription(topic_arn, sns, sqs):
        (url,) = sqs.list_queues()["QueueUrls"]
        queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    assert queue["MessageRetentionPeriod"] == "900"
    assert queue["SqsManagedSseEnabled"] == "true"


def test_only_a_queue_of_this_name_may_be_subscribed_by_an_operator(
    clients: tuple[Any, Any],
) -> None:
    """The policy's conditions hold for what `listen` subscribes, and for little else."""
    sns, sqs = clients
    policy = json.loads((ROOT / "deploy" / "policy-operator.json").read_text())
    (statement,) = (each for each in policy["Statement"] if "sns:Subscribe" in each["Action"])
    topic_arn = sns.create_topic(Name="changes")["TopicArn"]
    with Subscription(topic_arn, sns, sqs):
        (made,) = sns.list_subscriptions()["Subscriptions"]

    pattern = statement["Condition"]["ArnLike"]["sns:Endpoint"]
    for word, name in (("PARTITION", "aws"), ("REGION", REGION), ("ACCOUNT", ACCOUNT)):
        pattern = pattern.replace(word, name)
    assert fnmatch.fnmatchcase(made["Endpoint"], pattern)
    assert not fnmatch.fnmatchcase(f"arn:aws:sqs:{REGION}:999999999999:theirs", pattern)
    assert statement["Condition"]["StringEquals"] == {"sns:Protocol": made["Protocol"]}


def test_nothing_is_left_behind(clients: tuple[Any, Any]) -> None:
    """Neither queue nor subscription, also after an error."""
    sns, sqs = clients
    topic_arn = sns.create_topic(Name="changes")["TopicArn"]
    queues = []
    with contextlib.suppress(KeyboardInterrupt), Subscription(topic_arn, sns, sqs):
        queues = sqs.list_queues()["QueueUrls"]
        raise KeyboardInterrupt

    assert len(queues) == 1
    assert "QueueUrls" not in sqs.list_queues()
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_a_topic_that_is_not_there_leaves_no_queue(clients: tuple[Any, Any]) -> None:
    """The topic is asked first."""
    sns, sqs = clients
    topic_arn = sns.create_topic(Name="changes")["TopicArn"] + "-gone"
    with pytest.raises(ClientError), Subscription(topic_arn, sns, sqs):
        pass

    assert "QueueUrls" not in sqs.list_queues()


def test_a_fifo_topic_gets_a_fifo_queue(clients: tuple[Any, Any]) -> None:
    """SNS takes no other."""
    sns, sqs = clients
    topic_arn = sns.create_topic(Name="changes.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    with Subscription(topic_arn, sns, sqs):
        (url,) = sqs.list_queues()["QueueUrls"]

    assert url.endswith(".fifo")

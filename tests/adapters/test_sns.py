"""Publishing: what is retried, how, and what is not."""

from collections.abc import Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from moto import mock_aws

from consumer.adapters.sns import RetryPolicy, SnsPublisher, sns_attributes
from consumer.adapters.sns_failures import is_passing
from consumer.core.errors import PublishError
from consumer.core.messages import encode_message
from tests.builders import FORM, a_batch
from tests.fakes import FakeJournal

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
MESSAGE = encode_message(a_batch(1, 10), FORM)


def answer(code: str, status: int) -> ClientError:
    """An error that SNS answers with."""
    response: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Publish")


THROTTLED = answer("Throttling", 400)


class ScriptedSns:
    """An SNS client that fails in a given order, then succeeds."""

    def __init__(self, failures: Sequence[Exception]) -> None:
        self.failures = list(failures)
        self.requests: list[dict[str, Any]] = []

    def publish(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
        """Fail or take the message."""
        self.requests.append(request)
        if self.failures:
            raise self.failures.pop(0)
        return {"MessageId": "m-1"}


def publisher(client: Any, waits: list[float], *, gone: bool = False) -> SnsPublisher:  # noqa: ANN401
    """A publisher that only notes its waits."""
    policy = RetryPolicy(first_wait_seconds=0.2, longest_wait_seconds=5, sleep=waits.append)
    return SnsPublisher(client, TOPIC, FakeJournal(), policy, lambda: gone)


def test_the_request_carries_the_whole_message() -> None:
    """Topic, Subject, body and attributes, in SNS's words."""
    client = ScriptedSns([])
    publisher(client, []).publish(MESSAGE)
    (request,) = client.requests

    assert request["TopicArn"] == TOPIC
    assert (request["Subject"], request["Message"]) == (MESSAGE.subject, MESSAGE.body)
    assert request["MessageAttributes"] == sns_attributes(MESSAGE.attributes)


def test_a_fifo_topic_gets_the_ids_it_needs() -> None:
    """And a standard topic, which refuses them, gets none."""
    fifo, standard = ScriptedSns([]), ScriptedSns([])
    for client, arn in ((fifo, f"{TOPIC}.fifo"), (standard, TOPIC)):
        SnsPublisher(client, arn, FakeJournal(), RetryPolicy()).publish(MESSAGE)  # type: ignore[arg-type]

    assert fifo.requests[0]["MessageGroupId"] == MESSAGE.group_id
    assert fifo.requests[0]["MessageDeduplicationId"] == MESSAGE.deduplication_id
    assert "MessageGroupId" not in standard.requests[0]


def test_attributes_have_sns_types() -> None:
    """Text, number and list each have their own."""
    assert sns_attributes({"a": "x", "b": 3, "c": ["p", "q"]}) == {
        "a": {"DataType": "String", "StringValue": "x"},
        "b": {"DataType": "Number", "StringValue": "3"},
        "c": {"DataType": "String.Array", "StringValue": '["p", "q"]'},
    }


def test_a_passing_failure_is_retried_for_as_long_as_it_takes() -> None:
    """Waits are jittered within growing bounds, and the same message is sent each time."""
    client, waits = ScriptedSns([THROTTLED] * 40), list[float]()
    receipt = publisher(client, waits).publish(MESSAGE)

    assert (receipt.message_id, receipt.attempts) == ("m-1", 41)
    bounds = [min(0.2 * 2**number, 5) for number in range(40)]
    assert all(0 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    assert len(set(waits)) > 30
    assert all(request == client.requests[0] for request in client.requests)


def test_each_retry_is_noted_with_its_reason_and_wait() -> None:
    """An operator sees since when it fails and why."""
    journal = FakeJournal()
    policy = RetryPolicy(sleep=lambda _: None)
    SnsPublisher(ScriptedSns([THROTTLED, THROTTLED]), TOPIC, journal, policy).publish(MESSAGE)  # type: ignore[arg-type]

    assert journal.events == ["publish_retried", "publish_retried"]
    facts = journal.notes[1][1]
    assert facts["attempts"] == 2
    assert "Throttling" in str(facts["error"])
    assert {"waitSeconds", "failingForSeconds"} <= facts.keys()


@pytest.mark.parametrize(
    "failure",
    [
        answer("NotFound", 404),
        answer("AuthorizationError", 403),
        answer("InvalidParameter", 400),
        answer("KMSDisabled", 400),
        NoCredentialsError(),
        ParamValidationError(report="no"),
    ],
)
def test_a_failure_that_no_retry_mends_is_raised_at_once(failure: Exception) -> None:
    """The error names the topic."""
    client, waits = ScriptedSns([failure]), list[float]()
    with pytest.raises(PublishError, match=TOPIC):
        publisher(client, waits).publish(MESSAGE)

    assert len(client.requests) == 1
    assert waits == []


@pytest.mark.parametrize(
    "failure",
    [
        THROTTLED,
        answer("Whatever", 429),
        answer("InternalError", 500),
        answer("Whatever", 503),
        answer("KMSThrottling", 400),
        EndpointConnectionError(endpoint_url="http://sns"),
        ConnectTimeoutError(endpoint_url="http://sns"),
        ReadTimeoutError(endpoint_url="http://sns"),
    ],
)
def test_throttling_time_outs_and_server_errors_pass(failure: Exception) -> None:
    """They mend themselves."""
    assert is_passing(failure)


def test_nobody_waits_for_the_answer_any_more() -> None:
    """A record processor whose daemon was killed ends rather than retry for ever."""
    client, waits = ScriptedSns([THROTTLED] * 3), list[float]()
    with pytest.raises(SystemExit) as ended:
        publisher(client, waits, gone=True).publish(MESSAGE)

    assert ended.value.code == 1
    assert waits == []


def test_a_fifo_topic_delivers_a_repeat_once() -> None:
    """What a crash made us publish again reaches a FIFO queue once."""
    with mock_aws():
        region = "eu-west-1"
        sns, sqs = boto3.client("sns", region_name=region), boto3.client("sqs", region_name=region)
        topic_arn = sns.create_topic(Name="changes.fifo", Attributes={"FifoTopic": "true"})[
            "TopicArn"
        ]
        url = sqs.create_queue(QueueName="seen.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        queue_arn = "arn:aws:sqs:eu-west-1:123456789012:seen.fifo"
        sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
        fifo = SnsPublisher(sns, topic_arn, FakeJournal(), RetryPolicy())
        for batch in (a_batch(1, 10), a_batch(1, 10), a_batch(11, 12)):
            fifo.publish(encode_message(batch, FORM))
        seen = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]

    assert len(seen) == 2

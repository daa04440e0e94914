"""Answers that no service gave are errors of AWS, and botocore retries them."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from consumer.aws.answers import UNREADABLE, Answer, is_readable
from consumer.aws.clients import client
from consumer.aws.errors import AWS_ERRORS, code_of, is_decided
from tests.aws.bad_answers import BAD, HTML, bad_server, good_answer, twice

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/1"
KEY: Any = {"id": {"S": "1"}}
Call = Callable[[Any, str], Any]
CALLS: dict[str, tuple[str, Call]] = {
    "publish": ("sns", lambda sns, _: sns.publish(TopicArn=TOPIC, Message="x")["MessageId"]),
    "publish_batch": (
        "sns",
        lambda sns, _: sns.publish_batch(
            TopicArn=TOPIC, PublishBatchRequestEntries=[{"Id": "0", "Message": "x"}]
        )["Successful"][0]["MessageId"],
    ),
    "get_topic_attributes": (
        "sns",
        lambda sns, _: sns.get_topic_attributes(TopicArn=TOPIC)["Attributes"] == {},
    ),
    "send_message": (
        "sqs",
        lambda sqs, url: sqs.send_message(QueueUrl=f"{url}/1/q", MessageBody="x")["MessageId"],
    ),
    "receive_message": (
        "sqs",
        lambda sqs, url: sqs.receive_message(QueueUrl=f"{url}/1/q")["Messages"],
    ),
    "put_object": ("s3", lambda s3, _: s3.put_object(Bucket="b", Key="k", Body=b"x")["ETag"]),
    "get_item": ("dynamodb", lambda db, _: db.get_item(TableName="orders", Key=KEY)["Item"]),
    "put_item": ("dynamodb", lambda db, _: db.put_item(TableName="orders", Item=KEY)),
    "scan": ("dynamodb", lambda db, _: db.scan(TableName="orders")["Items"]),
    "describe_table": ("dynamodb", lambda db, _: db.describe_table(TableName="orders")["Table"]),
    "get_records": (
        "dynamodbstreams",
        lambda streams, _: streams.get_records(ShardIterator="i")["NextShardIterator"],
    ),
    "describe_stream": (
        "dynamodbstreams",
        lambda streams, _: streams.describe_stream(StreamArn=STREAM)["StreamDescription"],
    ),
}


def called(name: str, url: str, attempts: int) -> object:
    """Make a call, as one of our clients."""
    service, call = CALLS[name]
    made = client(service, attempts=attempts, region="eu-west-1", endpoint=url)
    return call(made, url)


@pytest.fixture(autouse=True)
def _credentials_and_no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))


@pytest.mark.parametrize("bad", [each for each in BAD if each != "403 with HTML"])
@pytest.mark.parametrize("name", CALLS)
def test_a_bad_answer_is_an_error_that_the_next_good_one_ends(name: str, bad: str) -> None:
    """Never a success, never anything else than an error of AWS; botocore retries it if it may."""
    with bad_server(BAD[bad]) as server:
        with pytest.raises(AWS_ERRORS) as raised:
            called(name, server.url, attempts=1)
        assert not is_decided(raised.value)
        server.spoil[:] = twice(BAD[bad])

        assert called(name, server.url, attempts=3)
        assert server.asked == 4


@pytest.mark.parametrize("bad", ["200 with HTML", "200 without a body", "302 to another page"])
def test_a_page_is_no_object_of_s3(bad: str) -> None:
    """It would be shown, or redriven, as a change."""
    with bad_server(*twice(BAD[bad])) as server:
        s3 = client("s3", attempts=3, region="eu-west-1", endpoint=server.url)

        assert s3.get_object(Bucket="b", Key="k")["Body"].read() == b"a body"
        assert server.asked == 3


@pytest.mark.parametrize("name", CALLS)
def test_a_page_of_a_proxy_that_refuses_is_an_error_of_aws(name: str) -> None:
    """Where botocore makes a refusal of it, its status is the code."""
    with bad_server(BAD["403 with HTML"]) as server, pytest.raises(AWS_ERRORS) as raised:
        called(name, server.url, attempts=1)

    assert code_of(raised.value) in {UNREADABLE, "403"}


def test_a_message_is_not_deleted_by_a_page() -> None:
    """SQS answers without a body, which nobody can tell from nothing; a page can be told."""
    with bad_server(BAD["200 with HTML"]) as server:
        sqs = client("sqs", attempts=1, region="eu-west-1", endpoint=server.url)
        with pytest.raises(ClientError, match="UnreadableAnswer"):
            sqs.delete_message(QueueUrl=f"{server.url}/1/q", ReceiptHandle="h")


def test_the_error_says_what_came() -> None:
    """Somebody must find the proxy."""
    said = f"status 200 and {len(HTML)} bytes, which is no answer of sns"
    with bad_server(BAD["200 with HTML"]) as server, pytest.raises(ClientError, match=said):
        called("publish", server.url, attempts=1)


ASKED = {
    "sns": ("Publish", "PublishBatch", "GetTopicAttributes"),
    "sqs": ("SendMessage", "ReceiveMessage"),
    "dynamodb": ("GetItem", "Scan", "DescribeTable"),
    "dynamodbstreams": ("GetRecords", "GetShardIterator", "DescribeStream"),
}


@pytest.mark.parametrize(
    ("service", "operation"), [(service, each) for service in ASKED for each in ASKED[service]]
)
def test_an_answer_that_ends_anywhere_is_not_readable(service: str, operation: str) -> None:
    """No cut leaves something that could be taken for the whole."""
    asked = botocore.session.get_session().get_service_model(service).operation_model(operation)
    target = "" if service == "sns" else f"{service}.{operation}"
    form = b"Action=%b&PublishBatchRequestEntries.member.1.Id=0" % operation.encode()
    whole = good_answer("POST", target, form).body

    assert is_readable(Answer(asked, 200, {}, whole))
    assert not any(is_readable(Answer(asked, 200, {}, whole[:end])) for end in range(len(whole)))


def test_what_servers_answer_in_trouble_is_left_to_botocore() -> None:
    """It reads any body with such a status."""
    asked = botocore.session.get_session().get_service_model("sns").operation_model("Publish")

    assert is_readable(Answer(asked, 503, {}, b"<html>"))

"""What the stand-in for SNS answers, as boto3 understands it."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from urllib3 import HTTPResponse

from benchmarks import sns_answers
from benchmarks.sides.batches import message
from tests.builders import a_document

TOPIC = "arn:aws:sns:eu-west-1:000000000000:changes"


class Wire:
    """A boto3 client whose requests are answered by the stand-in's functions, without a socket."""

    def __init__(self) -> None:
        self.forms: list[bytes] = []
        self.client: Any = boto3.client(
            "sns",
            region_name="eu-west-1",
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",  # noqa: S106 - nothing checks it
        )
        self.client.meta.events.register("before-send.sns", self._answer)

    def _answer(self, request: AWSPreparedRequest, **_: object) -> Any:  # noqa: ANN401 - the stubs say None
        form = request.body if isinstance(request.body, bytes) else str(request.body).encode()
        self.forms.append(form)
        body = io.BytesIO(sns_answers.answer(form, len(self.forms)))
        raw = HTTPResponse(body, status=200, preload_content=False)
        return AWSResponse(request.url, 200, HTTPHeaders(), raw)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A client of the test's own."""
    made = Wire()
    yield made
    made.client.close()


def a_message(first: int, last: int) -> dict[str, Any]:
    """Records first to last, both included, as one message."""
    return message("orders", "shard", [a_document(number) for number in range(first, last + 1)])


def test_a_publish_is_answered_with_a_message_id(wire: Wire) -> None:
    """Another one each time."""
    ids = {
        wire.client.publish(TopicArn=TOPIC, **a_message(1, 10))["MessageId"],
        wire.client.publish(TopicArn=TOPIC, **a_message(1, 10))["MessageId"],
    }
    assert len(ids) == 2


def test_a_batch_is_answered_entry_by_entry(wire: Wire) -> None:
    """In the order and with the ids that were sent."""
    entries = [{"Id": f"entry_{n}", **a_message(n, n)} for n in range(10)]

    answer = wire.client.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries)

    assert [entry["Id"] for entry in answer["Successful"]] == [entry["Id"] for entry in entries]
    assert len({entry["MessageId"] for entry in answer["Successful"]}) == 10
    assert answer["Failed"] == []


def test_a_topic_is_there_with_nothing_set(wire: Wire) -> None:
    """Which is what `run` asks before it starts."""
    assert wire.client.get_topic_attributes(TopicArn=TOPIC)["Attributes"] == {}


def test_records_are_counted_as_they_came(wire: Wire) -> None:
    """Message attributes name events too, and don't count."""
    wire.client.publish(TopicArn=TOPIC, **a_message(1, 7))
    entries = [{"Id": str(n), **a_message(1, 3)} for n in range(4)]
    wire.client.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries)

    assert [sns_answers.action(form) for form in wire.forms] == ["Publish", "PublishBatch"]
    assert [sns_answers.count_records(form) for form in wire.forms] == [7, 12]
    assert [len(sns_answers.entry_ids(form)) for form in wire.forms] == [0, 4]


def test_bodies_are_read_back_in_their_order(wire: Wire) -> None:
    """Ten of a batch as one alone: 10 comes after 9, not after 1."""
    sent = [a_message(n, n) for n in range(10)]
    wire.client.publish(TopicArn=TOPIC, **sent[0])
    entries = [{"Id": str(n), **one} for n, one in enumerate(sent)]
    wire.client.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries)

    alone, batch = (list(sns_answers.messages(form)) for form in wire.forms)
    assert alone == [sent[0]["Message"]]
    assert batch == [one["Message"] for one in sent]

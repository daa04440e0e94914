"""The dead-letter queue."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from consumer.adapters.dead_letters import LetterBox, Origin, SqsDeadLetters
from consumer.adapters.retries import Retries, RetryPolicy
from consumer.core.errors import OperatorError
from consumer.core.letters import Letter
from tests.fakes import FakeJournal

LETTER = Letter("shardId-1", "7", b'{"a":1}', "is too large")
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def sqs() -> Iterator[Any]:
    """SQS in memory."""
    with mock_aws():
        yield boto3.client("sqs", region_name="eu-west-1")


def queue(sqs: Any, url: str, journal: FakeJournal | None = None) -> SqsDeadLetters:  # noqa: ANN401
    """A dead-letter queue that doesn't wait."""
    policy = RetryPolicy(sleep=lambda _: None, operator_patience_seconds=0)
    retries = Retries(f"queue {url}", policy, journal or FakeJournal())
    origin = Origin("orders", "worker-1", lambda: NOON)
    return SqsDeadLetters(sqs, url, origin, retries)


@pytest.mark.parametrize(
    ("name", "attributes"), [("letters", {}), ("letters.fifo", {"FifoQueue": "true"})]
)
def test_a_letter_that_was_sent_is_in_the_box(
    sqs: Any,  # noqa: ANN401 - a boto3 client
    name: str,
    attributes: dict[str, str],
) -> None:
    """With where it comes from, in standard and FIFO queues; a deleted one is gone."""
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    queue(sqs, url).send(LETTER)
    with LetterBox(sqs, url) as box:
        (kept,) = box.letters()
    with LetterBox(sqs, url) as box:
        (again,) = box.letters()
        box.delete(again)

    assert kept.letter == LETTER
    assert kept.envelope is not None
    assert (kept.envelope.table, kept.envelope.worker_id) == ("orders", "worker-1")
    assert kept.envelope.time == "2026-01-31T12:00:00.000+00:00"
    assert again.message_id == kept.message_id
    with LetterBox(sqs, url) as box:
        assert list(box.letters()) == []


def test_every_letter_is_seen_once(sqs: Any) -> None:  # noqa: ANN401
    """However many there are, and whatever else lies in the queue."""
    url = sqs.create_queue(QueueName="letters")["QueueUrl"]
    for number in range(25):
        queue(sqs, url).send(Letter("shardId-1", str(number), b"{}", "r"))
    sqs.send_message(QueueUrl=url, MessageBody="somebody else's")
    with LetterBox(sqs, url) as box:
        kept = list(box.letters())

    seen = sorted(int(each.letter.sequence_number) for each in kept if each.letter)
    assert seen == list(range(25))
    assert [each.text for each in kept if each.letter is None] == ["somebody else's"]


def test_a_queue_that_is_gone_is_the_operators(sqs: Any) -> None:  # noqa: ANN401
    """The letter is not taken for kept."""
    url = sqs.create_queue(QueueName="letters")["QueueUrl"]
    with pytest.raises(OperatorError, match="doesn't exist"):
        queue(sqs, url + "-gone").send(LETTER)


def test_a_throttled_queue_is_asked_again() -> None:
    """As the topic is."""

    class Throttled:
        asked = 0

        def send_message(self, **_request: Any) -> None:  # noqa: ANN401
            self.asked += 1
            if self.asked < 3:
                raise ClientError({"Error": {"Code": "RequestThrottled"}}, "SendMessage")

    client, journal = Throttled(), FakeJournal()
    queue(client, "https://sqs/1/letters", journal).send(LETTER)

    assert client.asked == 3
    assert journal.events == ["publish_retried", "publish_retried"]

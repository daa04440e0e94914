"""The dead-letter queue."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import Bucket
from consumer.delivery.sqs_dead_letters import DeadLetterQueue, Sender, SqsDeadLetters
from consumer.publishing.dead_letter import DeadLetter, decode_dead_letter
from consumer.publishing.errors import BatchError, OperatorError
from tests.fakes import ACCOUNT, NO_WAITS, FakeJournal, retries_of
from tests.sqs import StrictQueue

LETTER = DeadLetter("shardId-1", "7", b'{"a":1}', "is too large")
URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/letters"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def sqs() -> Iterator[Any]:
    """SQS in memory."""
    with mock_aws():
        yield boto3.client("sqs", region_name="eu-west-1")


def queue(
    sqs: Any,  # noqa: ANN401 - a boto3 client or a double of one
    url: str,
    journal: FakeJournal | None = None,
    bucket: Bucket | None = None,
) -> SqsDeadLetters:
    """A dead-letter queue that doesn't wait."""
    policy = RetryPolicy(operator_patience_seconds=0)
    retries = Retries(f"queue {url}", policy, journal or FakeJournal(), clocks=NO_WAITS)
    sender = Sender("orders", "worker-1", lambda: NOON)
    return SqsDeadLetters(sqs, url, sender, retries, bucket)


@dataclass
class Files:
    """A client of S3.

    Attributes:
        kept: What it took, by key.
    """

    kept: dict[str, bytes] = field(default_factory=dict)

    def put_object(self, **request: Any) -> None:  # noqa: ANN401 - as boto3's
        """Take an object."""
        self.kept[request["Key"]] = request["Body"]

    def bucket(self) -> Bucket:
        """A bucket there."""
        client: Any = self
        return Bucket(client, "large-changes", ACCOUNT, retries_of("bucket"), FakeJournal())


@pytest.mark.parametrize(
    ("name", "attributes"), [("letters", {}), ("letters.fifo", {"FifoQueue": "true"})]
)
def test_a_letter_that_was_sent_is_in_the_queue(
    sqs: Any,  # noqa: ANN401 - a boto3 client
    name: str,
    attributes: dict[str, str],
) -> None:
    """With where it comes from, in standard and FIFO queues; a deleted one is gone."""
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    queue(sqs, url).send(LETTER)
    with DeadLetterQueue(sqs, url) as queue_read:
        (kept,) = queue_read.dead_letters()
    with DeadLetterQueue(sqs, url) as queue_read:
        (again,) = queue_read.dead_letters()
        queue_read.delete(again)

    assert kept.dead_letter == LETTER
    assert kept.envelope is not None
    assert (kept.envelope.table, kept.envelope.worker_id) == ("orders", "worker-1")
    assert kept.envelope.time == "2026-01-31T12:00:00.000+00:00"
    assert again.message_id == kept.message_id
    with DeadLetterQueue(sqs, url) as queue_read:
        assert list(queue_read.dead_letters()) == []


def test_every_letter_is_seen_once(sqs: Any) -> None:  # noqa: ANN401
    """However many there are, and whatever else lies in the queue."""
    url = sqs.create_queue(QueueName="letters")["QueueUrl"]
    for number in range(25):
        queue(sqs, url).send(DeadLetter("shardId-1", str(number), b"{}", "r"))
    sqs.send_message(QueueUrl=url, MessageBody="somebody else's")
    with DeadLetterQueue(sqs, url) as queue_read:
        kept = list(queue_read.dead_letters())

    seen = sorted(int(each.dead_letter.sequence_number) for each in kept if each.dead_letter)
    assert seen == list(range(25))
    assert [each.text for each in kept if each.dead_letter is None] == ["somebody else's"]


def test_letters_that_nobody_asked_for_are_visible_again(sqs: Any) -> None:  # noqa: ANN401
    """The queue hands over ten at once, and whoever has found one stops."""
    url = sqs.create_queue(QueueName="letters")["QueueUrl"]
    for number in range(3):
        queue(sqs, url).send(replace(LETTER, sequence_number=str(number)))
    with DeadLetterQueue(sqs, url) as queue_read:
        next(queue_read.dead_letters())
    with DeadLetterQueue(sqs, url) as queue_read:
        assert len(list(queue_read.dead_letters())) == 3


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


def a_record(size: int) -> bytes:
    """A change whose images are so many bytes."""
    change = {"Keys": {"id": {"S": "\uffff"}}, "NewImage": {"text": {"S": "x" * size}}}
    return json.dumps({"dynamodb": change}).encode()


def test_a_record_with_characters_that_sqs_refuses_is_a_letter() -> None:
    """DynamoDB has them; SQS would answer InvalidMessageContents."""
    client, letter = StrictQueue(), replace(LETTER, data=a_record(10), reason="\ufffe is odd")
    queue(client, URL).send(letter)
    (opened, _) = decode_dead_letter(client.bodies[0])

    assert json.loads(opened.data) == json.loads(letter.data)
    assert (opened.reason, client.asked) == (letter.reason, 1)


def test_a_queue_that_takes_less_than_others_gets_the_letter_without_its_record() -> None:
    """With the keys and the place, and why."""
    client = StrictQueue(limit=2048)
    queue(client, URL).send(replace(LETTER, data=a_record(2048)))
    kept = json.loads(client.bodies[0])

    assert (kept["sequenceNumber"], kept["complete"]) == ("7", False)
    assert kept["record"] == {"keys": {"id": {"S": "\uffff"}}}
    assert kept["reason"] == (
        f"is too large; the queue refuses the record: queue {URL}: SendMessage failed: "
        "InvalidParameterValue: Message must be shorter than 2048 bytes."
    )


def test_or_with_the_record_in_the_bucket() -> None:
    """The letter then is complete."""
    client, files = StrictQueue(limit=2048), Files()
    letter = replace(LETTER, data=a_record(2048))
    queue(client, URL, bucket=files.bucket()).send(letter)
    (opened, _) = decode_dead_letter(client.bodies[0])

    assert files.kept == {"letters/orders/shardId-1/7": letter.data}
    assert str(opened.elsewhere) == "s3://large-changes/letters/orders/shardId-1/7"


def test_a_real_queues_refusal_is_understood(sqs: Any) -> None:  # noqa: ANN401
    """As moto answers."""
    url = sqs.create_queue(QueueName="small", Attributes={"MaximumMessageSize": "1024"})["QueueUrl"]
    queue(sqs, url).send(replace(LETTER, data=a_record(1024)))
    with DeadLetterQueue(sqs, url) as queue_read:
        (kept,) = queue_read.dead_letters()

    assert kept.dead_letter is not None
    assert (kept.dead_letter.sequence_number, kept.dead_letter.data) == ("7", b"")


def test_a_letter_that_is_refused_in_every_form_is_not_taken_for_kept() -> None:
    """Whoever sends it learns why."""
    client = StrictQueue(limit=100)
    with pytest.raises(BatchError, match="shorter than 100 bytes"):
        queue(client, URL).send(LETTER)

    assert client.bodies == []


def test_a_fifo_queue_keeps_a_record_that_fails_again_after_its_redrive(sqs: Any) -> None:  # noqa: ANN401
    """Also within the five minutes in which it drops repeats: the checkpoint passes the record."""
    url = sqs.create_queue(QueueName="letters.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    for _ in range(2):
        queue(sqs, url).send(LETTER)
        with DeadLetterQueue(sqs, url) as queue_read:
            (kept,) = queue_read.dead_letters()
            queue_read.delete(kept)

        assert kept.dead_letter == LETTER
    strict = StrictQueue()
    for _ in range(2):
        queue(strict, f"{URL}.fifo").send(LETTER)

    assert len(strict.bodies) == 2


def test_a_fifo_queue_drops_what_a_retry_repeats(sqs: Any) -> None:  # noqa: ANN401
    """The queue took it, and its answer was lost."""
    url = sqs.create_queue(QueueName="letters.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]

    class Deaf:
        asked = 0

        def send_message(self, **request: Any) -> None:  # noqa: ANN401
            sqs.send_message(**request)
            self.asked += 1
            if self.asked == 1:
                raise ReadTimeoutError(endpoint_url=url)

    client = Deaf()
    queue(client, url).send(LETTER)
    with DeadLetterQueue(sqs, url) as queue_read:
        kept = list(queue_read.dead_letters())

    assert (len(kept), client.asked) == (1, 2)


def test_a_fifo_queue_takes_a_letter_of_any_shard_id(sqs: Any) -> None:  # noqa: ANN401
    """In Lambda it is made from what the event says."""
    url = sqs.create_queue(QueueName="letters.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    queue(sqs, url).send(replace(LETTER, shard_id="lambda-" + "é x" * 60))
    with DeadLetterQueue(sqs, url) as queue_read:
        assert len(list(queue_read.dead_letters())) == 1

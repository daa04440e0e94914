"""A subscriber of a topic for as long as one looks: a queue of its own, removed at the end."""

import functools
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from consumer.aws.clients import client
from consumer.delivery.s3_bodies import fetch
from consumer.publishing.claim_check import claim_folder, location_in
from consumer.publishing.envelope import entries_in
from consumer.publishing.errors import PublishError
from consumer.publishing.messages import AttributeValue
from consumer.settings.forms import account_of, is_fifo, region_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef

_MOST_MESSAGES = 10
_KEPT_BRIEFLY: "Mapping[QueueAttributeNameType, str]" = {
    # A process that is killed leaves its queue, and the topic goes on filling it.
    "MessageRetentionPeriod": "900",
    "SqsManagedSseEnabled": "true",
}


@dataclass(frozen=True, slots=True)
class Received:
    """One message as a subscriber sees it.

    Attributes:
        message_id: SNS's id of the message.
        subject: Its Subject.
        body: Its body; of a claim-checked message what S3 has, or the pointer where `mistake` says
            why that can't be had.
        entries: The entry of each change in the body, whatever its form; none where it is somebody
            else's message.
        attributes: Its attributes.
        sent_at: When SNS took it.
        mistake: Why its pointer could not be followed; None where it has none, or it could.
        envelope: The message as SNS handed it on.
    """

    message_id: str
    subject: str
    body: str
    entries: Sequence[Mapping[str, Any]]
    attributes: Mapping[str, AttributeValue]
    sent_at: datetime
    mistake: str | None = None
    envelope: str = ""


class Subscription:
    """Subscribes a new queue to a topic; at the end of the `with` both are gone.

    Args:
        topic_arn: The topic.
        sns: A boto3 SNS client.
        sqs: A boto3 SQS client.
        s3: A boto3 S3 client, which follows pointers.
    """

    def __init__(
        self,
        topic_arn: str,
        sns: "SNSClient | None" = None,
        sqs: "SQSClient | None" = None,
        s3: "S3Client | None" = None,
    ) -> None:
        region = region_of(topic_arn)
        self._topic_arn = topic_arn
        self._sns: SNSClient = sns or client("sns", attempts=3, region=region)
        self._sqs: SQSClient = sqs or client("sqs", attempts=3, region=region)
        self._given_s3 = s3

    def __enter__(self) -> Self:
        self._sns.get_topic_attributes(TopicArn=self._topic_arn)
        self._queue_url = self._create_queue()
        try:
            self._subscription_arn = self._subscribe()
        except BaseException:
            self._sqs.delete_queue(QueueUrl=self._queue_url)
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self._sns.unsubscribe(SubscriptionArn=self._subscription_arn)
        finally:
            self._sqs.delete_queue(QueueUrl=self._queue_url)

    def receive(self, wait_seconds: int = 1) -> list[Received]:
        """Return the next messages, at most ten, waiting for the first; each comes once."""
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=_MOST_MESSAGES,
            WaitTimeSeconds=wait_seconds,
        )
        messages = answer.get("Messages", [])
        if messages:
            self._delete(messages)
        return [self._followed(parse_envelope(message["Body"])) for message in messages]

    def _followed(self, received: Received) -> Received:
        """The message, with the body that it points to.

        Anybody who may publish may point anywhere: only a body of the message's own table is
        fetched, and only from a bucket of the topic's account.
        """
        place = location_in(received.body)
        if place is None:
            return received
        if not place.key.startswith(claim_folder(received.attributes.get("table"))):
            return replace(received, mistake=f"{place}: is no place for a body of this program")
        try:
            body = fetch(self._s3, place, account_of(self._topic_arn)).decode()
        except (PublishError, UnicodeDecodeError) as error:
            return replace(received, mistake=str(error))
        return replace(received, body=body, entries=entries_in(body))

    @functools.cached_property
    def _s3(self) -> "S3Client":
        """Made for the first pointer only: most topics have none."""
        return self._given_s3 or client("s3", attempts=3, region=region_of(self._topic_arn))

    def _create_queue(self) -> str:
        suffix = ".fifo" if is_fifo(self._topic_arn) else ""
        name = f"stream-publisher-listen-{uuid.uuid4().hex}{suffix}"
        fifo: Mapping[QueueAttributeNameType, str] = {"FifoQueue": "true"} if suffix else {}
        created = self._sqs.create_queue(QueueName=name, Attributes={**_KEPT_BRIEFLY, **fifo})
        return str(created["QueueUrl"])

    def _subscribe(self) -> str:
        wanted = self._sqs.get_queue_attributes(
            QueueUrl=self._queue_url, AttributeNames=["QueueArn"]
        )
        queue_arn = wanted["Attributes"]["QueueArn"]
        policy = json.dumps(_policy(queue_arn, self._topic_arn))
        self._sqs.set_queue_attributes(QueueUrl=self._queue_url, Attributes={"Policy": policy})
        # Not raw: only the envelope shows the Subject.
        subscribed = self._sns.subscribe(
            TopicArn=self._topic_arn,
            Protocol="sqs",
            Endpoint=queue_arn,
            ReturnSubscriptionArn=True,
        )
        return str(subscribed["SubscriptionArn"])

    def _delete(self, messages: Sequence[Mapping[str, Any]]) -> None:
        entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
            {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
            for index, message in enumerate(messages)
        ]
        self._sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)


def parse_envelope(body: str) -> Received:
    """Read SNS's envelope as it arrives in a queue."""
    envelope = json.loads(body)
    return Received(
        message_id=envelope["MessageId"],
        subject=envelope.get("Subject", ""),
        body=envelope["Message"],
        entries=entries_in(envelope["Message"]),
        attributes={
            name: _attribute(attribute)
            for name, attribute in envelope.get("MessageAttributes", {}).items()
        },
        sent_at=datetime.fromisoformat(envelope["Timestamp"]),
        envelope=body,
    )


def _attribute(attribute: Mapping[str, str]) -> AttributeValue:
    kind, value = attribute["Type"], attribute["Value"]
    if kind == "Number" and value.isdecimal():
        return int(value)
    return list(json.loads(value)) if kind == "String.Array" else value


def _policy(queue_arn: str, topic_arn: str) -> Mapping[str, Any]:
    """Let this topic, and nobody else, send to the queue."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
            }
        ],
    }

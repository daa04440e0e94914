"""Publishing to an SNS topic."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from consumer.adapters.retries import Retries
from consumer.core.messages import AttributeValue, Message, attribute_text, data_type
from consumer.core.ports import Receipt

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

DEFAULT_LIMIT = 262_144
"""What a topic takes unless its MaximumMessageSize says otherwise: SNS then doesn't return it."""

_LIMIT_LASTS_SECONDS = 300.0


class SnsPublisher:
    """Publishes messages to one topic.

    Args:
        client: A boto3 SNS client that doesn't retry by itself: retries are made and noted here.
        topic_arn: The topic.
        retries: Asks again after a failure.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        client: "SNSClient",
        topic_arn: str,
        retries: Retries,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._retries = retries
        self._clock = clock
        self._limit: int | None = None
        self._limit_until = 0.0

    def publish(self, message: Message) -> Receipt:
        """Return once SNS has answered that it holds the message; raises as `Retries.ask` does."""
        started = self._clock()
        answer, attempts = self._retries.ask(lambda: self._send(message), message)
        return Receipt(answer["MessageId"], attempts, self._clock() - started)

    def largest_message(self) -> int:
        """Return the topic's MaximumMessageSize; asked for at first, and every five minutes."""
        if self._limit is None:
            topic, _ = self._retries.ask(self._describe_topic)
            self._limit = _limit_of(topic)
            self._limit_until = self._clock() + _LIMIT_LASTS_SECONDS
        elif self._clock() > self._limit_until:
            self._limit = self._refreshed(self._limit)
            self._limit_until = self._clock() + _LIMIT_LASTS_SECONDS
        return self._limit

    def _refreshed(self, known: int) -> int:
        """What held until now is as good a guess; should it be wrong, SNS says so."""
        try:
            return _limit_of(self._describe_topic())
        except (ClientError, BotoCoreError):
            return known

    def _describe_topic(self) -> Mapping[str, Any]:
        return self._client.get_topic_attributes(TopicArn=self._topic_arn)

    def _send(self, message: Message) -> Mapping[str, Any]:
        return self._client.publish(
            TopicArn=self._topic_arn,
            Subject=message.subject,
            Message=message.body,
            MessageAttributes=sns_attributes(message.attributes),
            **self._fifo_ids(message),
        )

    def _fifo_ids(self, message: Message) -> dict[str, str]:
        """A FIFO topic keeps a shard's messages in order, and drops a repeat within 5 minutes."""
        if not self._topic_arn.endswith(".fifo"):
            return {}
        return {
            "MessageGroupId": message.group_id,
            "MessageDeduplicationId": message.deduplication_id,
        }


def _limit_of(topic: Mapping[str, Any]) -> int:
    return int(topic["Attributes"].get("MaximumMessageSize", DEFAULT_LIMIT))


def sns_attributes(
    attributes: Mapping[str, AttributeValue],
) -> dict[str, "MessageAttributeValueTypeDef"]:
    """Write message attributes as SNS wants them: String, Number or String.Array."""
    return {
        name: {"DataType": data_type(value), "StringValue": attribute_text(value)}
        for name, value in attributes.items()
    }

"""Publishing to an SNS topic."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from consumer.aws.errors import AWS_ERRORS, AwsError
from consumer.delivery.calls import Calls, Check, SendResult
from consumer.delivery.error_classes import answered
from consumer.delivery.retries import Retries
from consumer.publishing.errors import BatchError, PublishError, TransientError
from consumer.publishing.messages import AttributeValue, Message, attribute_text, data_type
from consumer.publishing.ports import ConcurrencyLimits, PublishOutcome, Receipt
from consumer.settings.forms import is_fifo

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

DEFAULT_LIMIT = 262_144
"""What a topic takes unless its MaximumMessageSize says otherwise: SNS then doesn't return it."""

MOST_MESSAGES = 10
"""What a PublishBatch takes."""

_LIMIT_LASTS_SECONDS = 300.0


class SnsPublisher:
    """Publishes messages to one topic.

    Args:
        client: A boto3 SNS client that doesn't retry by itself: retries are made and noted here.
        topic_arn: The topic.
        retries: Retries after a failure.
        most_calls: How many calls may be under way.
        most_groups: How many message groups a FIFO topic gets side by side.
    """

    def __init__(
        self,
        client: "SNSClient",
        topic_arn: str,
        retries: Retries,
        most_calls: int = 1,
        most_groups: int = 1,
    ) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._retries = retries
        self._clock = retries.clocks.monotonic
        self._most_calls, self._most_groups = most_calls, most_groups
        self._calls = Calls(self._send_together, retries)
        self._limit: int | None = None
        self._limit_until = 0.0
        self._is_limit_in_doubt = False

    @property
    def limits(self) -> ConcurrencyLimits:
        """How much may be under way: of each group of a FIFO topic, one message."""
        if self._is_fifo:
            groups = self._most_groups
            return ConcurrencyLimits(min(self._most_calls, groups), min(MOST_MESSAGES, groups))
        return ConcurrencyLimits(self._most_calls, MOST_MESSAGES)

    def begin(self, messages: Sequence[Message]) -> None:
        """Begin a call; `Retries.call` retries it until each message has an outcome."""
        self._calls.begin(messages)

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:
        """Return the outcomes since the last time, once there is one if that is waited for.

        Raises:
            SystemExit: The daemon is gone, so that nobody waits for them.
        """
        return self._calls.finished(wait=wait)

    def cancel(self) -> Sequence[PublishOutcome]:
        """Let nothing that is under way be sent again; return outcomes once nothing is."""
        return self._calls.cancel()

    def publish(self, message: Message) -> Receipt:
        """Return once SNS has answered that it holds the message; raises as `Retries.call` does."""
        started = self._clock()
        answer, attempts = self._retries.call(lambda: self._send(message), message)
        return Receipt(answer["MessageId"], attempts, self._clock() - started)

    def largest_message(self) -> int:
        """Return the topic's MaximumMessageSize.

        It is asked for at first, every five minutes, and after a message was refused.
        """
        if self._limit is None or self._is_limit_in_doubt:
            topic, _ = self._retries.call(self._describe_topic)
            self._learn_limit(_limit_of(topic))
        elif self._clock() > self._limit_until:
            self._learn_limit(self._refreshed(self._limit))
        return cast("int", self._limit)

    def _learn_limit(self, limit: int) -> None:
        self._limit, self._is_limit_in_doubt = limit, False
        self._limit_until = self._clock() + _LIMIT_LASTS_SECONDS

    def _refreshed(self, known: int) -> int:
        """What held until now is as good a guess; should it be wrong, SNS says so."""
        try:
            self._retries.check_limits()
            return _limit_of(self._describe_topic())
        except (*AWS_ERRORS, TransientError):
            return known

    def _describe_topic(self) -> Mapping[str, Any]:
        return self._client.get_topic_attributes(TopicArn=self._topic_arn)

    def _send_together(self, messages: Sequence[Message], check: Check) -> Iterator[SendResult]:
        if len(messages) == 1:
            yield self._send_alone(messages[0])
            return
        try:
            answer = self._send_batch(messages)
        except AWS_ERRORS as error:
            yield from self._after_refusal(messages, self._failure(error), check)
        else:
            yield from self._results(answer, len(messages))

    def _after_refusal(
        self, messages: Sequence[Message], failure: PublishError, check: Check
    ) -> Iterator[SendResult]:
        """Send each alone if the batch is refused for what is in it: that shows whose fault it is.

        The shard may be another worker's before the last has left.
        """
        for message in messages:
            if isinstance(failure, BatchError):
                check()
                yield self._send_alone(message)
            else:
                yield failure

    def _send_alone(self, message: Message) -> SendResult:
        try:
            return str(self._send(message)["MessageId"])
        except AWS_ERRORS as error:
            return self._failure(error)

    def _results(self, answer: Mapping[str, Any], count: int) -> Iterator[SendResult]:
        taken = {entry["Id"]: str(entry["MessageId"]) for entry in answer.get("Successful", [])}
        failed = {
            entry["Id"]: self._failure(answered(entry, "PublishBatch"))
            for entry in answer.get("Failed", [])
        }
        unsaid = TransientError("PublishBatch did not say whether it took the message")
        results: Mapping[str, SendResult] = {**taken, **failed}
        return (results.get(str(number), unsaid) for number in range(count))

    def _failure(self, error: AwsError) -> PublishError:
        failure = self._retries.failure(error)
        if isinstance(failure, BatchError):
            # The topic may take less by now. The old limit must not decide what is a dead letter.
            self._is_limit_in_doubt = True
        return failure

    def _send_batch(self, messages: Sequence[Message]) -> Mapping[str, Any]:
        entries = [
            {"Id": str(number), **self._request(message)} for number, message in enumerate(messages)
        ]
        return self._client.publish_batch(
            TopicArn=self._topic_arn,
            PublishBatchRequestEntries=cast("Any", entries),
        )

    def _send(self, message: Message) -> Mapping[str, Any]:
        return self._client.publish(TopicArn=self._topic_arn, **self._request(message))

    def _request(self, message: Message) -> dict[str, Any]:
        return {
            "Subject": message.subject,
            "Message": message.body,
            "MessageAttributes": sns_attributes(message.attributes),
            **self._fifo_ids(message),
        }

    def _fifo_ids(self, message: Message) -> dict[str, str]:
        """A FIFO topic keeps a group's messages in order, and drops a repeat within 5 minutes."""
        if not self._is_fifo:
            return {}
        return {
            "MessageGroupId": message.group_id,
            "MessageDeduplicationId": message.deduplication_id,
        }

    @property
    def _is_fifo(self) -> bool:
        return is_fifo(self._topic_arn)


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

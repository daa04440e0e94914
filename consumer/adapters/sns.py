"""Publishing to an SNS topic."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from consumer.adapters.sns_failures import is_passing
from consumer.core.errors import PublishError
from consumer.core.messages import AttributeValue, Message
from consumer.core.ports import Journal, Receipt

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a passing failure is retried: for as long as it takes, at growing, jittered waits.

    Attributes:
        first_wait_seconds: The first wait lies between 0 and this; each later bound is doubled.
        longest_wait_seconds: No wait is longer.
        sleep: Waits for that many seconds.
    """

    first_wait_seconds: float = 0.2
    longest_wait_seconds: float = 30.0
    sleep: Callable[[float], None] = time.sleep


class SnsPublisher:
    """Publishes messages to one topic.

    Args:
        client: A boto3 SNS client that doesn't retry by itself: retries are made and noted here.
        topic_arn: The topic.
        journal: Where each retry is noted.
        policy: How to retry.
        is_abandoned: Tells whether nobody waits for the answer any more; asked before each retry.
    """

    def __init__(
        self,
        client: "SNSClient",
        topic_arn: str,
        journal: Journal,
        policy: RetryPolicy,
        is_abandoned: Callable[[], bool] = lambda: False,
    ) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._journal = journal
        self._policy = policy
        self._is_abandoned = is_abandoned

    def publish(self, message: Message) -> Receipt:
        """Return once SNS has answered that it holds the message.

        Raises:
            PublishError: SNS refuses it for good, or the request can't be made at all.
            SystemExit: The daemon is gone, so that no checkpoint can follow.
        """
        retrying = self._retrying()
        started = time.monotonic()
        try:
            answer = retrying(self._send, message)
        except (ClientError, BotoCoreError, ValueError) as error:
            raise PublishError(f"{self._topic_arn}: {error}") from error
        attempts = int(retrying.statistics["attempt_number"])
        return Receipt(answer["MessageId"], attempts, time.monotonic() - started)

    def _send(self, message: Message) -> Any:  # noqa: ANN401 - botocore's own answer
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

    def _retrying(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception(is_passing),
            wait=wait_random_exponential(
                multiplier=self._policy.first_wait_seconds, max=self._policy.longest_wait_seconds
            ),
            sleep=self._policy.sleep,
            before_sleep=self._before_sleep,
            reraise=True,
        )

    def _before_sleep(self, state: RetryCallState) -> None:
        if self._is_abandoned():
            self._journal.note("daemon_gone")
            raise SystemExit(1)
        self._journal.note(
            "publish_retried",
            error=str(state.outcome.exception()) if state.outcome else "",
            attempts=state.attempt_number,
            waitSeconds=round(state.upcoming_sleep, 2),
            failingForSeconds=round(state.seconds_since_start or 0.0, 2),
        )


def sns_attributes(
    attributes: Mapping[str, AttributeValue],
) -> dict[str, "MessageAttributeValueTypeDef"]:
    """Write message attributes as SNS wants them: String, Number or String.Array."""
    return {name: _sns_attribute(value) for name, value in attributes.items()}


def _sns_attribute(value: AttributeValue) -> "MessageAttributeValueTypeDef":
    if isinstance(value, str):
        return {"DataType": "String", "StringValue": value}
    if isinstance(value, int):
        return {"DataType": "Number", "StringValue": str(value)}
    return {"DataType": "String.Array", "StringValue": json.dumps(list(value))}

"""What the tour plays on: a table, a topic with a queue behind it, a worker; and what arrived."""

import itertools
import sys
import time
from collections.abc import Iterable, Mapping

from consumer.demo.changes import Change, plan_changes
from consumer.demo.comparison import Comparison, compare
from consumer.demo.table import TABLE, create_table, write_changes
from consumer.demo.tally import Tally
from consumer.local.subscription import parse_envelope
from consumer.sandbox.backends import REGION, Sandbox

TOPIC, QUEUE, LETTERS, APPLICATION = "order-changes", "subscriber", "letters", "orders-publisher"
LIMIT = "16384"
_ACCOUNT = "123456789012"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{_ACCOUNT}:{TOPIC}"
CREATE = (
    *("aws", "sns", "create-topic", "--name", TOPIC),
    *("--attributes", f"MaximumMessageSize={LIMIT}"),
)
SUBSCRIBE = (
    *("aws", "sns", "subscribe", "--topic-arn", TOPIC_ARN, "--protocol", "sqs"),
    *("--notification-endpoint", f"arn:aws:sqs:{REGION}:{_ACCOUNT}:{QUEUE}"),
)
_COLUMNS = "130"


class Stage:
    """One table, topic, queue and worker.

    Args:
        sandbox: The servers.
        sns_url: Where SNS is reached.
    """

    def __init__(self, sandbox: Sandbox, sns_url: str) -> None:
        self._sandbox, self._sns_url = sandbox, sns_url
        self._dynamodb, self._sqs = sandbox.client("dynamodb"), sandbox.client("sqs")
        self._plan = plan_changes(sys.maxsize)
        self.tally = Tally(time.time())
        create_table(self._dynamodb)
        self._queue_url = self._sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        self._letters_url = self._sqs.create_queue(QueueName=LETTERS)["QueueUrl"]

    def settings(self) -> dict[str, str]:
        """The worker's settings, which every command has too."""
        return {
            "PUBLISHER_TABLE": TABLE,
            "PUBLISHER_TOPIC_ARN": TOPIC_ARN,
            "PUBLISHER_ON_POISON": "dead-letter",
            "PUBLISHER_DEAD_LETTER_QUEUE_URL": self._letters_url,
            # A topic that is gone is asked for again after half of it to all of it.
            "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "6000",
            "PUBLISHER_LOG_FORMAT": "human",
            "KCL_APPLICATION_NAME": APPLICATION,
            "KCL_WORKER_ID": "w1",
        }

    def environment(self) -> Mapping[str, str]:
        """The whole environment of the worker and of commands."""
        surroundings = {
            "AWS_ENDPOINT_URL_SNS": self._sns_url,
            "AWS_DEFAULT_REGION": REGION,
            "COLUMNS": _COLUMNS,
        }
        return self._sandbox.environment() | surroundings | self.settings()

    def write(self, changes: Iterable[Change]) -> None:
        """Write changes, and count them."""
        note = self.tally.write
        write_changes(self._dynamodb, changes, lambda change: note(change, time.time()))

    def write_next(self, count: int) -> None:
        """Write so many changes of the demo's plan."""
        self.write(itertools.islice(self._plan, count))

    def receive(self) -> None:
        """Receive what the queue has, waiting a second for it."""
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        for message in answer.get("Messages", []):
            self.tally.receive(parse_envelope(message["Body"]), time.time())
            handle = message["ReceiptHandle"]
            self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=handle)

    def arrived_after(self, messages: int) -> Comparison:
        """What was written against what arrived after the first so many messages."""
        later = self.tally.received[messages:]
        return compare(self.tally.written, [each for one in later for each in one.entries])

    def is_checkpointed(self) -> bool:
        """Whether all that has arrived is checkpointed."""
        (lease,) = self._dynamodb.scan(TableName=APPLICATION)["Items"]
        last = max(int(str(each.attributes["lastSequenceNumber"])) for each in self.tally.received)
        checkpoint = str(lease["checkpoint"]["S"])
        return checkpoint.isdecimal() and int(checkpoint) >= last

    def has_letter(self) -> bool:
        """Whether the dead-letter queue holds something."""
        name = "ApproximateNumberOfMessages"
        answer = self._sqs.get_queue_attributes(QueueUrl=self._letters_url, AttributeNames=[name])
        return int(answer["Attributes"][name]) > 0

    def listeners(self) -> int:
        """How many subscriptions the topic has."""
        answer = self._sandbox.client("sns").list_subscriptions_by_topic(TopicArn=TOPIC_ARN)
        return len(answer["Subscriptions"])

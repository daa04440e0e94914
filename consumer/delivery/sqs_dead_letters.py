"""The dead-letter queue, in SQS."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, TypedDict
from uuid import uuid4

from consumer.aws.errors import AWS_ERRORS
from consumer.delivery.retries import Retries
from consumer.delivery.s3_bodies import Bucket
from consumer.publishing.dead_letter import (
    DeadLetter,
    Envelope,
    decode_dead_letter,
    encode_dead_letter,
    encode_without_record,
)
from consumer.publishing.errors import BatchError
from consumer.publishing.fifo_id import fifo_id
from consumer.settings.forms import is_fifo

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_MOST_MESSAGES = 10
# Long enough to publish thousands of dead letters before the first of them can be seen again.
_HOLD_SECONDS = 900


class _FifoIds(TypedDict, total=False):
    """What a FIFO queue wants, and no other queue takes."""

    MessageGroupId: str
    MessageDeduplicationId: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends dead letters.

    Attributes:
        table: The table whose changes are published.
        worker_id: This worker.
        now: The time of day, in UTC.
    """

    table: str
    worker_id: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def envelope(self) -> Envelope:
        """What a dead letter of now is kept with."""
        return Envelope(self.table, self.worker_id, self.now().isoformat(timespec="milliseconds"))


class SqsDeadLetters:
    """Sends dead letters to a queue.

    Args:
        client: A boto3 SQS client that doesn't retry by itself.
        queue_url: The queue.
        sender: Who sends them.
        retries: Retries after a failure.
        bucket: Takes records that the queue doesn't; None where there is none.
    """

    def __init__(
        self,
        client: "SQSClient",
        queue_url: str,
        sender: Sender,
        retries: Retries,
        bucket: Bucket | None = None,
    ) -> None:
        self._client = client
        self._queue_url = queue_url
        self._sender = sender
        self._retries = retries
        self._keep = bucket.keep_record if bucket else None

    def send(self, dead_letter: DeadLetter) -> None:
        """Return once the queue holds the dead letter; raises as `Retries.call` does.

        If the queue refuses it as it is, it is sent again without the record.
        """
        envelope, ids = self._sender.envelope(), self._fifo_ids(dead_letter)
        try:
            self._post(encode_dead_letter(dead_letter, envelope, self._keep), ids)
        except BatchError as error:
            reason = f"{dead_letter.reason}; the queue refuses the record: {error}"
            told = replace(dead_letter, reason=reason)
            self._post(encode_without_record(told, envelope, self._keep), ids)

    def _post(self, text: str, ids: _FifoIds) -> None:
        self._retries.call(
            lambda: self._client.send_message(QueueUrl=self._queue_url, MessageBody=text, **ids)
        )

    def _fifo_ids(self, dead_letter: DeadLetter) -> _FifoIds:
        """Ids of one `send`: the queue drops what its retries repeat, and nothing else.

        An id made from the record would be the same when the record fails again within five minutes
        of its redrive or deletion. The queue would then answer that it has the dead letter, and
        drop it: a checkpoint would pass a record that is kept nowhere.
        """
        if not is_fifo(self._queue_url):
            return {}
        return {
            "MessageGroupId": fifo_id(dead_letter.shard_id),
            "MessageDeduplicationId": uuid4().hex,
        }


@dataclass(frozen=True, slots=True)
class QueuedDeadLetter:
    """A dead letter as it lies in the queue.

    Attributes:
        message_id: The queue's id of it.
        handle: What it is deleted by.
        dead_letter: The dead letter, None where the queue's message is something else.
        envelope: What it is kept with, None likewise.
        text: The message as it is.
    """

    message_id: str
    handle: str
    dead_letter: DeadLetter | None
    envelope: Envelope | None
    text: str


class DeadLetterQueue:
    """Reads the dead letters of a queue, and hides them from others until the `with` ends.

    Args:
        client: A boto3 SQS client.
        queue_url: The queue.
    """

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._held: dict[str, QueuedDeadLetter] = {}
        self._seen: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for queued in self._held.values():
            # One that is visible again already can't be made so.
            with contextlib.suppress(*AWS_ERRORS):
                self._client.change_message_visibility(
                    QueueUrl=self._queue_url, ReceiptHandle=queued.handle, VisibilityTimeout=0
                )

    def dead_letters(self) -> Iterator[QueuedDeadLetter]:
        """Yield every dead letter once."""
        while fresh := [_queued(each) for each in self._receive() if self._is_new(each)]:
            # All are hidden by now, also those that nobody asks for any more.
            self._held.update((queued.message_id, queued) for queued in fresh)
            self._seen.update(queued.message_id for queued in fresh)
            yield from fresh

    def delete(self, queued: QueuedDeadLetter) -> None:
        """Remove a dead letter for good."""
        self._client.delete_message(QueueUrl=self._queue_url, ReceiptHandle=queued.handle)
        del self._held[queued.message_id]

    def _is_new(self, message: Mapping[str, Any]) -> bool:
        return message["MessageId"] not in self._seen

    def _receive(self) -> Sequence[Mapping[str, Any]]:
        answer = self._client.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=_MOST_MESSAGES,
            VisibilityTimeout=_HOLD_SECONDS,
            WaitTimeSeconds=1,
        )
        return answer.get("Messages", [])


def _queued(message: Mapping[str, Any]) -> QueuedDeadLetter:
    text = message["Body"]
    try:
        dead_letter, envelope = decode_dead_letter(text)
    except ValueError:
        return QueuedDeadLetter(message["MessageId"], message["ReceiptHandle"], None, None, text)
    return QueuedDeadLetter(
        message["MessageId"], message["ReceiptHandle"], dead_letter, envelope, text
    )

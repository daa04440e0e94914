"""What a topic has taken, remembered."""

from threading import Event
from typing import Any

from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.function.recording import RecordingPublisher
from consumer.publishing.messages import encode_message
from tests.builders import FORM, a_batch
from tests.fakes import FakeJournal

FIRST, SECOND = encode_message(a_batch(1, 10), FORM), encode_message(a_batch(11, 20), FORM)


class Sns:
    """Takes the first message of each batch and refuses the others.

    Attributes:
        is_called: Set once it is called.
    """

    def __init__(self) -> None:
        self.is_called = Event()

    def publish_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
        """Answer for each entry."""
        self.is_called.set()
        first, *others = [entry["Id"] for entry in request["PublishBatchRequestEntries"]]
        fault = {"Code": "InvalidParameter", "Message": "no", "SenderFault": True}
        refused = [{"Id": other, **fault} for other in others]
        return {"Successful": [{"Id": first, "MessageId": "m"}], "Failed": refused}


def test_a_publisher_remembers_what_was_taken_and_nothing_else() -> None:
    """In a call that ends, and in one that is cancelled."""
    sns = Sns()
    retries = Retries("topic", RetryPolicy(), FakeJournal())
    publisher = RecordingPublisher(sns, "arn:aws:sns:eu-west-1:123456789012:changes", retries)
    publisher.begin([FIRST, SECOND])
    while len(publisher.finished(wait=True)):
        pass
    sns.is_called.clear()
    publisher.begin([SECOND, FIRST])
    sns.is_called.wait()
    publisher.cancel()

    assert [message for message, _ in publisher.published] == [FIRST, SECOND]

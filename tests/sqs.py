"""What SQS takes, by its documentation; moto takes every character and counts characters."""

import re
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

REFUSED = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that no queue takes."""


@dataclass
class StrictQueue:
    """A client of a queue that refuses what SQS's documentation says is refused.

    Attributes:
        limit: Its MaximumMessageSize.
        bodies: What it took.
        asked: How often it was asked.
        ids: Deduplication ids of the last five minutes. SQS knows them even after a message is
            deleted, and moto doesn't.
    """

    limit: int = 1_048_576
    bodies: list[str] = field(default_factory=list)
    asked: int = 0
    ids: set[str] = field(default_factory=set)

    def send_message(self, **request: Any) -> None:  # noqa: ANN401 - as boto3's
        """Take a message."""
        self.asked += 1
        body = request["MessageBody"]
        if REFUSED.search(body):
            raise _refusal("InvalidMessageContents", "Invalid characters found.")
        if len(body.encode()) > self.limit:
            shorter = f"Message must be shorter than {self.limit} bytes."
            raise _refusal("InvalidParameterValue", shorter)
        if (deduplication_id := request.get("MessageDeduplicationId")) not in self.ids:
            self.bodies.append(body)
        if deduplication_id:
            self.ids.add(deduplication_id)


def _refusal(code: str, message: str) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return ClientError(response, "SendMessage")

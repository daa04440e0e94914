"""An S3 bucket for what is too large for a message.

Only boto3 is needed to write pointers, and the core knows their form. The extended client library
of SNS would write the same, under random keys that each repeat leaves behind, and from a session
that it puts in the place of everybody's.
"""

from typing import TYPE_CHECKING

from consumer.aws.clients import client as new_client
from consumer.aws.errors import AWS_ERRORS
from consumer.aws.explain import explain
from consumer.delivery.error_classes import translate
from consumer.delivery.retries import Retries, RetryPolicy
from consumer.publishing.claim_check import claim_key, pointer_to
from consumer.publishing.dead_letter import DeadLetter, Envelope, record_key
from consumer.publishing.messages import Message
from consumer.publishing.ports import Journal
from consumer.publishing.s3_location import S3Location

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Bucket:
    """Keeps bodies and records in one bucket.

    Args:
        client: A boto3 S3 client that doesn't retry by itself.
        name: The bucket's name.
        retries: Asks again after a failure.
        journal: Where it is noted what was kept.
    """

    def __init__(self, client: "S3Client", name: str, retries: Retries, journal: Journal) -> None:
        self._client = client
        self._name = name
        self._retries = retries
        self._journal = journal

    def keep(self, message: Message) -> Message:
        """Return a pointer once S3 has answered that it holds the body; raises as `Retries.ask`."""
        place = self._put(claim_key(message), message.body.encode(), message)
        return pointer_to(message, place)

    def keep_record(self, letter: DeadLetter, envelope: Envelope) -> S3Location:
        """Return where a letter's record lies, once S3 holds it; raises as `Retries.ask` does."""
        return self._put(record_key(letter, envelope), letter.data)

    def _put(self, key: str, body: bytes, message: Message | None = None) -> S3Location:
        self._retries.ask(
            lambda: self._client.put_object(
                Bucket=self._name, Key=key, Body=body, ContentType="application/json"
            ),
            message,
        )
        place = S3Location(self._name, key)
        self._journal.note("body_kept", bytes=len(body), place=str(place))
        return place


def open_bucket(
    name: str | None, region: str, policy: RetryPolicy, journal: Journal
) -> Bucket | None:
    """Return the bucket of this name; None where none is named."""
    if name is None:
        return None
    retries = Retries(f"bucket {name}", policy, journal)
    return Bucket(new_client("s3", region=region), name, retries, journal)


def fetch(client: "S3Client", place: S3Location) -> bytes:
    """Return what lies at a place.

    Raises:
        PublishError: It is not there, or can't be read.
    """
    try:
        return client.get_object(Bucket=place.bucket, Key=place.key)["Body"].read()
    except AWS_ERRORS as error:
        raise translate(error, explain(str(place), error)) from error

"""An S3 bucket for what is too large for a message.

Only boto3 is needed to write pointers, and the core knows their form. The extended client library
of SNS would write the same, under random keys that each repeat leaves behind, and from a session
that it puts in the place of everybody's.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import IncompleteReadError, ReadTimeoutError, ResponseStreamingError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from urllib3.exceptions import HTTPError

from consumer.aws.clients import client as new_client
from consumer.aws.errors import AWS_ERRORS
from consumer.aws.explain import explain
from consumer.delivery.error_classes import translate
from consumer.delivery.retries import Retries, RetriesOf
from consumer.publishing.claim_check import claim_key, pointer_to
from consumer.publishing.dead_letter import DeadLetter, Envelope, record_key
from consumer.publishing.errors import BatchError
from consumer.publishing.messages import Message
from consumer.publishing.ports import Journal
from consumer.publishing.s3_location import S3Location
from consumer.settings.publisher import PublisherSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_BYTES = 16 * 1024 * 1024
"""Far more than a record has: two images of 400 KB, whose JSON may be some times as long."""

_ATTEMPTS = 3
_BROKEN_OFF = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError, HTTPError)


class Bucket:
    """Keeps bodies and records in one bucket.

    Args:
        client: A boto3 S3 client that doesn't retry by itself.
        name: The bucket's name.
        owner: The account that the bucket must belong to.
        retries: Retries after a failure.
        journal: Where it is noted what was kept.
    """

    def __init__(
        self, client: "S3Client", name: str, owner: str, retries: Retries, journal: Journal
    ) -> None:
        self._client = client
        self._name, self._owner = name, owner
        self._retries = retries
        self._journal = journal

    def keep(self, message: Message) -> Message:
        """Return a pointer once S3 has answered that it holds the body.

        Raises as `Retries.call` does.
        """
        place = self._put(claim_key(message), message.body.encode(), message)
        return pointer_to(message, place)

    def keep_record(self, dead_letter: DeadLetter, envelope: Envelope) -> S3Location:
        """Return where the record lies, once S3 holds it; raises as `Retries.call` does."""
        return self._put(record_key(dead_letter, envelope), dead_letter.data)

    def _put(self, key: str, body: bytes, message: Message | None = None) -> S3Location:
        self._retries.call(
            lambda: self._client.put_object(
                Bucket=self._name,
                ExpectedBucketOwner=self._owner,
                Key=key,
                Body=body,
                ContentType="application/json",
            ),
            message,
        )
        place = S3Location(self._name, key)
        self._journal.note("body_kept", bytes=len(body), place=str(place))
        return place


def open_bucket(settings: PublisherSettings, retries: RetriesOf, journal: Journal) -> Bucket | None:
    """Return the claim check's bucket; None where none is named."""
    name = settings.claim_check_bucket
    if name is None:
        return None
    s3 = new_client("s3", region=settings.region_of("s3"))
    return Bucket(s3, name, settings.bucket_owner, retries(f"bucket {name}"), journal)


def fetch(client: "S3Client", place: S3Location, owner: str) -> bytes:
    """Return what lies at a place in a bucket of this account.

    The client retries the request; what breaks off while the body comes is retried here.

    Raises:
        PublishError: It is not there, can't be read, or is larger than any record.
    """
    retrying = Retrying(
        retry=retry_if_exception_type(_BROKEN_OFF),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.2, max=2),
        reraise=True,
    )
    try:
        return retrying(_read, client, place, owner)
    except AWS_ERRORS as error:
        raise translate(error, explain(str(place), error)) from error


def _read(client: "S3Client", place: S3Location, owner: str) -> bytes:
    found = client.get_object(Bucket=place.bucket, Key=place.key, ExpectedBucketOwner=owner)
    if found["ContentLength"] > MOST_BYTES:
        size = f"{found['ContentLength']:,} bytes, and no record has more than {MOST_BYTES:,}"
        raise BatchError(f"{place}: has {size}")
    return found["Body"].read()

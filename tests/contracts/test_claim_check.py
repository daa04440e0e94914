"""What every claim check does: the real one on moto's S3, and the fake of the fast tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import Bucket, fetch
from consumer.publishing.claim_check import location_in, pointer_to
from consumer.publishing.errors import OperatorError
from consumer.publishing.messages import encode_message
from consumer.publishing.ports import ClaimCheck
from tests.builders import FORM, a_batch
from tests.fakes import ACCOUNT, FakeClaimCheck, FakeJournal

NAME = "large-changes"


@dataclass
class Subject:
    """A claim check under test.

    Attributes:
        claims: The claim check.
        kept: What lies in its bucket, by key.
        refusing: A claim check whose bucket is gone, and whose patience is over.
    """

    claims: ClaimCheck
    kept: Callable[[], dict[str, str]]
    refusing: ClaimCheck


def fake() -> Subject:
    """The fake."""
    claims = FakeClaimCheck()
    refusing = FakeClaimCheck(fails=OperatorError("the bucket is gone"))
    return Subject(claims, lambda: claims.bodies, refusing)


def real() -> Subject:
    """The real one."""
    files = boto3.client("s3", region_name="us-east-1")
    files.create_bucket(Bucket=NAME)
    return Subject(bucket(files, NAME), lambda: contents(files), bucket(files, "no-such-bucket"))


def bucket(files: Any, name: str) -> Bucket:  # noqa: ANN401 - a boto3 client
    """A real bucket, without patience."""
    journal = FakeJournal()
    retries = Retries(f"bucket {name}", RetryPolicy(operator_patience_seconds=0), journal)
    return Bucket(files, name, ACCOUNT, retries, journal)


def contents(files: Any) -> dict[str, str]:  # noqa: ANN401 - a boto3 client
    """What lies in the bucket."""
    keys = [each["Key"] for each in files.list_objects_v2(Bucket=NAME).get("Contents", [])]
    return {
        key: files.get_object(Bucket=NAME, Key=key)["Body"].read().decode("utf-8") for key in keys
    }


@pytest.fixture(params=[fake, real])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each claim check in turn."""
    with mock_aws():
        made: Subject = request.param()
        yield made


def test_a_kept_body_lies_where_the_pointer_points(subject: Subject) -> None:
    """As it was, and the pointer is all that the message was but for its body."""
    message = encode_message(a_batch(1, 10), FORM)
    pointer = subject.claims.keep(message)
    place = location_in(pointer.body)

    assert place is not None
    assert place.bucket == NAME
    assert subject.kept() == {place.key: message.body}
    assert pointer == pointer_to(message, place)


def test_a_repeat_overwrites_and_another_batch_does_not(subject: Subject) -> None:
    """A retry or a restart leaves nothing behind."""
    first, other = (encode_message(a_batch(n, n + 1), FORM) for n in (1, 3))
    pointers = [subject.claims.keep(message) for message in (first, first, other)]

    assert pointers[0] == pointers[1]
    assert sorted(subject.kept().values()) == sorted([first.body, other.body])


def test_a_bucket_that_is_gone_raises(subject: Subject) -> None:
    """The caller must not take the body for kept."""
    with pytest.raises(OperatorError):
        subject.refusing.keep(encode_message(a_batch(1, 1), FORM))

    assert subject.kept() == {}


def test_what_lies_in_a_bucket_can_be_fetched() -> None:
    """Byte for byte; what is gone raises and says so."""
    with mock_aws():
        subject, files = real(), boto3.client("s3", region_name="us-east-1")
        message = encode_message(a_batch(1, 1), FORM)
        place = location_in(subject.claims.keep(message).body)
        assert place is not None
        assert fetch(files, place, ACCOUNT).decode() == message.body
        files.delete_object(Bucket=place.bucket, Key=place.key)
        with pytest.raises(Exception, match=f"{place}: is not there any more"):
            fetch(files, place, ACCOUNT)

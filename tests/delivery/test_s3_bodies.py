"""The bucket: how calls are retried, and what is noted."""

from collections.abc import Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from consumer.aws.clients import client
from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import Bucket, fetch, open_bucket
from consumer.publishing.dead_letter import DeadLetter, Envelope
from consumer.publishing.errors import RetriesExhaustedError
from consumer.publishing.messages import encode_message
from consumer.publishing.s3_location import S3Location
from tests.aws.bad_answers import BAD, bad_server, twice
from tests.builders import FORM, a_batch
from tests.fakes import ACCOUNT, NO_WAITS, FakeJournal, bucket_settings, retries_of

MESSAGE = encode_message(a_batch(7, 7), FORM)
LETTER = DeadLetter("shardId-1", "7", b"\xff", "is too large")
ENVELOPE = Envelope("orders", "worker-1", "2026-01-31T12:00:00.000+00:00")


def answer(code: str) -> ClientError:
    """An error that S3 answers with."""
    response: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return ClientError(response, "PutObject")


class ScriptedS3:
    """An S3 client that fails in a given order, then succeeds."""

    def __init__(self, failures: Sequence[Exception] = ()) -> None:
        self.failures = list(failures)
        self.requests: list[dict[str, Any]] = []

    def put_object(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
        """Fail or take the object."""
        self.requests.append(request)
        if self.failures:
            raise self.failures.pop(0)
        return {}


def bucket(double: ScriptedS3, journal: FakeJournal, most_attempts: int | None = None) -> Bucket:
    """A bucket that doesn't wait."""
    policy = RetryPolicy(most_attempts=most_attempts)
    retries = Retries("bucket large-changes", policy, journal, clocks=NO_WAITS)
    s3: Any = double
    return Bucket(s3, "large-changes", ACCOUNT, retries, journal)


def test_a_body_is_put_again_after_a_failure_and_then_noted() -> None:
    """Under the same key; the log says where it lies."""
    client, journal = ScriptedS3([answer("SlowDown"), answer("AccessDenied")]), FakeJournal()
    bucket(client, journal).keep(MESSAGE)

    assert journal.events == ["publish_retried", "publish_blocked", "body_kept"]
    assert journal.notes[-1][1] == {
        "bytes": len(MESSAGE.body),
        "place": "s3://large-changes/messages/orders/shardId-1/7-7",
    }
    assert client.requests[0] == client.requests[2]
    assert client.requests[0]["Body"] == MESSAGE.body.encode()


def test_a_body_is_given_up_as_a_message_is() -> None:
    """Nothing is noted as kept."""
    client, journal = ScriptedS3([answer("SlowDown")] * 9), FakeJournal()
    with pytest.raises(
        RetriesExhaustedError, match=r"bucket large-changes: .*given up after 4 attempts"
    ):
        bucket(client, journal, most_attempts=4).keep(MESSAGE)

    assert "body_kept" not in journal.events


def test_a_letters_record_is_never_given_up() -> None:
    """There would be no letter of a letter."""
    client = ScriptedS3([answer("SlowDown")] * 9)
    place = bucket(client, FakeJournal(), most_attempts=4).keep_record(LETTER, ENVELOPE)

    assert place == S3Location("large-changes", "letters/orders/shardId-1/7")
    assert client.requests[-1]["Body"] == b"\xff"
    assert len(client.requests) == 10


def test_a_bucket_that_is_not_named_is_none() -> None:
    """The claim check is off by default."""
    assert open_bucket(bucket_settings(None), retries_of, FakeJournal()) is None


@pytest.mark.parametrize("bad", ["408 without a body", "200 with HTML", "200, ended in the body"])
def test_a_body_is_fetched_again_until_all_of_it_came(
    bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the request fails or the answer breaks off in the body."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with bad_server(*twice(BAD[bad])) as server:
        s3 = client("s3", attempts=3, region="eu-west-1", endpoint=server.url)

        assert fetch(s3, S3Location("b", "k"), ACCOUNT) == b"a body"
        assert server.asked == 3


def test_every_call_says_whom_the_bucket_must_belong_to() -> None:
    """A name that was given up may be another account's bucket by now."""
    owners = []

    def note(params: dict[str, Any], **_more: object) -> None:
        owners.append(params.get("ExpectedBucketOwner"))

    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="large-changes")
        s3.meta.events.register("provide-client-params.s3", note)
        bodies = Bucket(s3, "large-changes", ACCOUNT, retries_of("bucket"), FakeJournal())
        bodies.keep(MESSAGE)
        fetch(s3, bodies.keep_record(LETTER, ENVELOPE), ACCOUNT)

    assert owners == [ACCOUNT] * 3

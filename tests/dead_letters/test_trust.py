"""Which dead letters are this application's."""

import pytest

from consumer.dead_letters.trust import Home
from consumer.publishing.dead_letter import DeadLetter, Envelope, record_key
from consumer.publishing.s3_location import S3Location

ENVELOPE = Envelope("orders", "worker-1", "2026-01-01T00:00:00Z")
WHOLE = DeadLetter("shardId-1", "7", b"{}", "too large")
KEY = record_key(WHOLE, ENVELOPE)


def lying_at(bucket: str, key: str) -> DeadLetter:
    """A dead letter whose record lies there."""
    return DeadLetter("shardId-1", "7", b"", "too large", elsewhere=S3Location(bucket, key))


@pytest.mark.parametrize("dead_letter", [WHOLE, lying_at("large", KEY)])
def test_what_a_worker_of_the_table_sent_is_trusted(dead_letter: DeadLetter) -> None:
    """Its record is in it, or where a worker puts it."""
    assert Home("orders", "large").why_foreign(dead_letter, ENVELOPE) is None


@pytest.mark.parametrize(
    ("home", "dead_letter", "reason"),
    [
        (Home("users", "large"), WHOLE, "is of table 'orders', not of 'users'"),
        (Home("orders", None), lying_at("large", KEY), "claimCheckBucket is not set"),
        (Home("orders", "large"), lying_at("other", KEY), "names s3://other/"),
        (Home("orders", "large"), lying_at("large", "secret"), "names s3://large/secret; "),
    ],
)
def test_any_other_is_refused_with_the_reason(
    home: Home, dead_letter: DeadLetter, reason: str
) -> None:
    """Another table, no bucket, another bucket, another object."""
    assert reason in str(home.why_foreign(dead_letter, ENVELOPE))

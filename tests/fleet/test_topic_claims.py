"""Which worker's topic keeps another from its start."""

import pytest

from consumer.fleet.topic_claims import (
    STARTING_SECONDS,
    TopicClaim,
    conflicting,
    forgotten,
    read_topic_claims,
)
from consumer.fleet.worker_reports import WorkerReport

NOW = 1_700_000_000
TIMEOUT = 10.0
OWN = TopicClaim("w1", "arn:one", NOW)


def conflicts(claim: TopicClaim, *reported_seconds_ago: int) -> bool:
    """Whether this claim keeps the own worker from its start."""
    reports = [WorkerReport(claim.worker, NOW - seconds) for seconds in reported_seconds_ago]
    return conflicting(OWN, [OWN, claim], reports, NOW, TIMEOUT) == (claim,)


def test_a_claim_is_kept_as_a_row_beside_kcls() -> None:
    """What is read is what was written; other rows are passed over."""
    claims = (OWN, TopicClaim("w2", "arn:two", NOW - 5))
    rows = [claims[1].to_item(), {"key": {"S": "Leader"}}, claims[0].to_item()]

    assert read_topic_claims(rows) == claims


def test_a_row_that_is_no_claim_is_refused() -> None:
    """It has the key of one."""
    with pytest.raises(ValueError, match="holds a worker's topic that is none") as refused:
        read_topic_claims([{"key": {"S": "Worker/w1"}, "topicArn": {"S": "a customer"}}])

    assert str(refused.value).endswith("; its attributes are key, topicArn")


@pytest.mark.parametrize(
    ("topic", "claimed", "reported", "expected"),
    [
        ("arn:two", 3600, [5], True),
        ("arn:one", 3600, [5], False),
        ("arn:two", 3600, [60], False),
        ("arn:two", STARTING_SECONDS, [], True),
        ("arn:two", STARTING_SECONDS, [3600], True),
        ("arn:two", STARTING_SECONDS + 1, [], False),
        ("arn:two", 30, [20], False),
    ],
)
def test_a_running_or_starting_worker_of_another_topic_conflicts(
    topic: str,
    claimed: int,
    reported: list[int],
    expected: bool,  # noqa: FBT001
) -> None:
    """One runs that reports; one starts that has made no report since its claim."""
    assert conflicts(TopicClaim("w2", topic, NOW - claimed), *reported) == expected


def test_an_earlier_run_of_the_same_worker_does_not_conflict() -> None:
    """It has ended: a name belongs to one process."""
    assert not conflicts(TopicClaim("w1", "arn:two", NOW - 60), 5)


def test_claims_of_workers_that_are_gone_for_a_day_are_forgotten() -> None:
    """KCL deletes their reports as well."""
    old, young = TopicClaim("old", "arn:one", NOW - 86_401), TopicClaim("young", "arn:one", NOW)
    running = TopicClaim("running", "arn:one", NOW - 900_000)

    assert forgotten([old, young, running], [WorkerReport("running", NOW)], NOW) == (old,)

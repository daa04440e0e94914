"""What becomes of a failed message, by how often and for how long it has failed."""

import pytest

from consumer.delivery.retry_policy import Attempts, RetryPolicy, Verdict
from consumer.publishing.errors import (
    BatchError,
    OperatorError,
    PublishError,
    TransientError,
    UnansweredError,
)

THROTTLED, DENIED = TransientError("throttled"), OperatorError("denied")


def after(*errors: PublishError) -> Attempts:
    """The state after these failures."""
    attempts = Attempts()
    for error in errors:
        attempts = attempts.after(error)
    return attempts


def test_every_attempt_counts_and_transient_failures_in_a_row_too() -> None:
    """Another failure in between begins a new row."""
    assert after(THROTTLED, UnansweredError("")) == Attempts(2, 2)
    assert after(THROTTLED, THROTTLED, DENIED, THROTTLED) == Attempts(4, 1)


@pytest.mark.parametrize(
    ("error", "verdict"),
    [(THROTTLED, "retry"), (DENIED, "retry"), (BatchError("too long"), "give up")],
)
def test_without_a_rule_only_a_refusal_is_final(error: PublishError, verdict: Verdict) -> None:
    """However often it came before, and however old the change is."""
    assert after(*[error] * 1000).verdict(error, RetryPolicy(), 1e6) == verdict


@pytest.mark.parametrize(("failures", "verdict"), [(2, "retry"), (3, "exhausted")])
def test_a_message_is_exhausted_at_its_last_attempt(failures: int, verdict: Verdict) -> None:
    """Of transient failures in a row."""
    policy = RetryPolicy(most_attempts=3)

    assert after(*[THROTTLED] * failures).verdict(THROTTLED, policy, None) == verdict


@pytest.mark.parametrize(
    ("age", "verdict"), [(None, "retry"), (60.0, "retry"), (60.1, "exhausted")]
)
def test_a_message_is_exhausted_for_its_age(age: float | None, verdict: Verdict) -> None:
    """Beyond the bound, where its age is known."""
    policy = RetryPolicy(oldest_seconds=60)

    assert after(THROTTLED).verdict(THROTTLED, policy, age) == verdict


def test_what_an_operator_can_fix_never_exhausts_a_message() -> None:
    """Neither by attempts nor by age."""
    policy = RetryPolicy(most_attempts=1, oldest_seconds=1)

    assert after(*[DENIED] * 9).verdict(DENIED, policy, 1e6) == "retry"


@pytest.mark.parametrize(
    ("patience", "ends"), [(None, False), (60.0, True), (60.1, False), (0.0, True)]
)
def test_patience_with_an_operator_ends_in_time(patience: float | None, ends: bool) -> None:  # noqa: FBT001
    """Or never."""
    assert RetryPolicy(operator_patience_seconds=patience).ends_operators(60.0) is ends

"""What becomes of a failed call: rules over numbers, without a clock and without waiting."""

from dataclasses import dataclass
from typing import Literal

from consumer.publishing.errors import OperatorError, PublishError, TransientError

Verdict = Literal["retry", "give up", "exhausted"]
"""Of a failure: it is retried; it is final by itself; or it was retried as often as is wanted."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a call that failed is retried.

    A transient failure is retried for as long as it takes, after growing, jittered waits; one that
    an operator must fix after slow, jittered waits. A message can be given up, where that is
    wanted: only for a transient failure, and never for what an operator can fix.

    Attributes:
        first_wait_seconds: The first wait lies between 0 and this; each later bound is doubled.
        longest_wait_seconds: No wait is longer.
        operator_patience_seconds: How long an operator's failure is retried; None without an end.
        most_attempts: How many transient failures in a row a message may have; None without an end.
        oldest_seconds: How old the oldest change of a message may be that fails with a transient
            error; None without an end.
    """

    first_wait_seconds: float = 0.2
    longest_wait_seconds: float = 30.0
    operator_patience_seconds: float | None = None
    most_attempts: int | None = None
    oldest_seconds: float | None = None

    def ends_operators(self, failing_seconds: float) -> bool:
        """Tell whether an operator's failure has lasted too long.

        Args:
            failing_seconds: How long it has lasted, unbroken by any other failure.
        """
        patience = self.operator_patience_seconds
        return patience is not None and failing_seconds >= patience


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often one message was tried.

    Attributes:
        made: All attempts, each of which has failed.
        failures_in_a_row: Transient failures since the last other one.
    """

    made: int = 0
    failures_in_a_row: int = 0

    def after(self, error: PublishError) -> "Attempts":
        """Return them with one more that failed."""
        in_a_row = self.failures_in_a_row + 1 if isinstance(error, TransientError) else 0
        return Attempts(self.made + 1, in_a_row)

    def verdict(
        self, error: PublishError, policy: RetryPolicy, age_seconds: float | None
    ) -> Verdict:
        """Say what becomes of the message.

        Args:
            error: How the last attempt failed.
            policy: The policy.
            age_seconds: How old its oldest change is; None where nobody knows.
        """
        if isinstance(error, OperatorError):
            return "retry"
        if not isinstance(error, TransientError):
            return "give up"
        most, oldest = policy.most_attempts, policy.oldest_seconds
        is_tried_out = most is not None and self.failures_in_a_row >= most
        is_too_old = oldest is not None and age_seconds is not None and age_seconds > oldest
        return "exhausted" if is_tried_out or is_too_old else "retry"

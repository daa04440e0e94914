"""Asking AWS again after a failure, by its class."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential
from tenacity.stop import stop_base
from tenacity.wait import wait_base

from consumer.aws.errors import AWS_ERRORS, AwsError
from consumer.aws.explain import explain
from consumer.delivery.error_classes import is_known, translate
from consumer.publishing.errors import (
    OperatorError,
    PublishError,
    RetriesExhaustedError,
    TransientError,
)
from consumer.publishing.messages import Message
from consumer.publishing.ports import Journal
from consumer.terminal.plurals import counted

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a request that failed is tried again.

    A passing failure is tried again for as long as it takes, at growing, jittered waits; one that
    an operator must fix at slow, jittered waits. A message can be given up, where that is wanted:
    only for a passing failure, and never for what an operator can fix.

    Attributes:
        first_wait_seconds: The first wait lies between 0 and this; each later bound is doubled.
        longest_wait_seconds: No wait is longer.
        operator_patience_seconds: How long an operator's failure is tried; None without an end.
        most_attempts: How often a message is tried that fails in passing; None without an end.
        oldest_seconds: How old the oldest change of a message may be that fails in passing; None
            without an end.
        seconds_left: In how many seconds the last try must have begun. What has failed in passing
            by then fails for good.
        is_abandoned: Tells whether nobody waits for the answer any more; asked before each try.
        sleep: Waits for that many seconds.
        clock: Seconds that never go back.
        time: The time of day, in seconds since 1970 UTC.
    """

    first_wait_seconds: float = 0.2
    longest_wait_seconds: float = 30.0
    operator_patience_seconds: float | None = None
    most_attempts: int | None = None
    oldest_seconds: float | None = None
    seconds_left: Callable[[], float] = lambda: math.inf
    is_abandoned: Callable[[], bool] = lambda: False
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    time: Callable[[], float] = time.time


class Retries:
    """Asks until there is an answer.

    Args:
        thing: What is asked, for the log.
        policy: How to try again.
        journal: Where each retry is noted.
    """

    def __init__(self, thing: str, policy: RetryPolicy, journal: Journal) -> None:
        self._thing = thing
        self._policy = policy
        self._journal = journal

    @property
    def policy(self) -> RetryPolicy:
        """How to try again."""
        return self._policy

    def ask(
        self,
        question: Callable[[], Result],
        message: Message | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> tuple[Result, int]:
        """Return the answer, and how often it was asked for.

        Args:
            question: Asks once; may raise botocore's errors, or ours.
            message: What the question is about, if it is to be given up where the policy says so.
            sleep: Waits for that many seconds, where the policy's own is not to.

        Raises:
            BatchError: The request is refused for what is in it.
            RetriesExhaustedError: The message kept failing until the policy gave it up.
            OperatorError: Nobody has mended what is wrong within the time that the policy gives.
            TransientError: No time is left in which to try again.
            SystemExit: The daemon is gone, so that nobody waits for the answer.
        """
        retrying = self._retrying(sleep or self._policy.sleep)
        hope = GiveUpRule(message, self._policy) if message else None
        answer = retrying(self._ask_once, question, hope)
        return answer, int(retrying.statistics["attempt_number"])

    def failure(self, error: AwsError) -> PublishError:
        """Return botocore's error as one of ours, which says what is wrong with what is asked."""
        failure = translate(error, explain(self._thing, error))
        failure.__cause__ = error
        return failure

    def _ask_once(self, question: Callable[[], Result], hope: "GiveUpRule | None") -> Result:
        # Before each try, and so after each wait: what is sent behind the next holder's back would
        # come after newer changes.
        if self._policy.is_abandoned():
            self._journal.note("daemon_gone")
            raise SystemExit(1)
        if self._policy.seconds_left() <= 0:
            raise TransientError(f"{self._thing}: no time is left to begin another try")
        try:
            return question()
        except AWS_ERRORS as error:
            failure = self.failure(error)
            raise (hope.after(failure) if hope else failure) from error

    def _retrying(self, sleep: Callable[[float], None]) -> Retrying:
        policy = self._policy
        return Retrying(
            retry=retry_if_exception_type((TransientError, OperatorError)),
            wait=_WaitByClass(policy.first_wait_seconds, policy.longest_wait_seconds),
            stop=_StopWaitingForOperator(policy.operator_patience_seconds, policy.clock)
            | _StopInTime(policy.seconds_left),
            sleep=sleep,
            before_sleep=self._before_sleep,
            reraise=True,
        )

    def _before_sleep(self, state: RetryCallState) -> None:
        error = _error_of(state)
        self._journal.note(
            "publish_blocked" if isinstance(error, OperatorError) else "publish_retried",
            error=str(error),
            known=_is_known(error),
            attempts=state.attempt_number,
            waitSeconds=round(state.upcoming_sleep, 2),
            failingForSeconds=round(state.seconds_since_start or 0.0, 2),
        )


class _WaitByClass(wait_base):
    """Growing, jittered waits; for what an operator must fix, the longest ones from the start."""

    def __init__(self, first_seconds: float, longest_seconds: float) -> None:
        self._growing = wait_random_exponential(multiplier=first_seconds, max=longest_seconds)
        self._longest_seconds = longest_seconds

    def __call__(self, retry_state: RetryCallState) -> float:
        if isinstance(_error_of(retry_state), OperatorError):
            return random.uniform(self._longest_seconds / 2, self._longest_seconds)  # noqa: S311
        return self._growing(retry_state)


class _StopWaitingForOperator(stop_base):
    """Stops once an operator's failure has lasted too long, unbroken by any other."""

    def __init__(self, patience_seconds: float | None, clock: Callable[[], float]) -> None:
        self._patience_seconds = patience_seconds
        self._clock = clock
        self._since: float | None = None

    def __call__(self, retry_state: RetryCallState) -> bool:
        if not isinstance(_error_of(retry_state), OperatorError):
            self._since = None
            return False
        self._since = self._clock() if self._since is None else self._since
        patience = self._patience_seconds
        return patience is not None and self._clock() - self._since >= patience


class _StopInTime(stop_base):
    """Stops where the next try would begin too late."""

    def __init__(self, seconds_left: Callable[[], float]) -> None:
        self._seconds_left = seconds_left

    def __call__(self, retry_state: RetryCallState) -> bool:
        return retry_state.upcoming_sleep >= self._seconds_left()


class GiveUpRule:
    """Ends once a message has failed in passing too often in a row, or is too old.

    Args:
        message: The message.
        policy: When that is.
    """

    def __init__(self, message: Message, policy: RetryPolicy) -> None:
        self._made_at_millis = message.oldest_at_millis
        self._policy = policy
        self._since = policy.clock()
        self._tries = self._failures = 0

    def after(self, error: PublishError) -> PublishError:
        """Return what a failed try means: the same, or that the message is given up."""
        self._tries += 1
        if not isinstance(error, TransientError):
            self._failures = 0
            return error
        self._failures += 1
        if not (self._is_tried_out() or self._is_too_old()):
            return error
        attempts = counted(self._tries, "attempt")
        seconds = self._policy.clock() - self._since
        return RetriesExhaustedError(f"{error}; given up after {attempts} in {seconds:.0f} s")

    def _is_tried_out(self) -> bool:
        most = self._policy.most_attempts
        return most is not None and self._failures >= most

    def _is_too_old(self) -> bool:
        oldest = self._policy.oldest_seconds
        if oldest is None or self._made_at_millis is None:
            return False
        return self._policy.time() - self._made_at_millis / 1000 > oldest


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _is_known(error: BaseException | None) -> bool:
    cause = error.__cause__ if error else None
    return isinstance(cause, AWS_ERRORS) and is_known(cause)

"""Calls to AWS, retried by the class of their failure."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential
from tenacity.wait import wait_base

from consumer.aws.errors import AWS_ERRORS, AwsError
from consumer.aws.explain import explain
from consumer.delivery.error_classes import is_known, translate
from consumer.delivery.retry_policy import Attempts, RetryPolicy
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
class Clocks:
    """Time as it is measured and spent.

    Attributes:
        monotonic: Seconds that never go back.
        time_of_day: The time of day, in seconds since 1970 UTC.
        sleep: Waits for that many seconds.
    """

    monotonic: Callable[[], float] = time.monotonic
    time_of_day: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Until when calls may be made; asked before each.

    Attributes:
        daemon_is_gone: Tells whether nobody waits for the result any more.
        seconds_left: In how many seconds the last call must have begun.
    """

    daemon_is_gone: Callable[[], bool] = lambda: False
    seconds_left: Callable[[], float] = lambda: math.inf


class Retries:
    """Makes a call until it succeeds.

    Args:
        thing: What is called, for the log.
        policy: How to retry.
        journal: Where each retry is noted.
        limits: Until when.
        clocks: The time.
    """

    def __init__(
        self,
        thing: str,
        policy: RetryPolicy,
        journal: Journal,
        limits: CallLimits = CallLimits(),
        clocks: Clocks = Clocks(),
    ) -> None:
        self._thing, self._policy, self._journal = thing, policy, journal
        self._limits, self.clocks = limits, clocks

    def call(
        self,
        make: Callable[[], Result],
        message: Message | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> tuple[Result, int]:
        """Return the result of a call, and how often it was made.

        Args:
            make: Makes the call once; may raise AWS's errors, or ours.
            message: What the call is about, if it is to be given up where the policy says so.
            sleep: Waits for that many seconds, where the clocks' own is not to.

        Raises:
            BatchError: The call is refused for what is in it.
            RetriesExhaustedError: The message kept failing until the policy gave it up.
            OperatorError: Nobody has fixed what is wrong within the time that the policy gives.
            TransientError: No time is left in which to retry.
            SystemExit: The daemon is gone, so that nobody waits for the result.
        """
        retrying = self._retrying(sleep or self.clocks.sleep)
        history = self.history(message) if message else None
        result = retrying(self._call_once, make, history)
        return result, int(retrying.statistics["attempt_number"])

    def history(self, message: Message) -> "MessageHistory":
        """Return a new message's history, which says when it is given up."""
        return MessageHistory(message, self._policy, self.clocks)

    def failure(self, error: AwsError) -> PublishError:
        """Return AWS's error as one of ours, which says what is wrong with what is called."""
        failure = translate(error, explain(self._thing, error))
        failure.__cause__ = error
        return failure

    def check_limits(self) -> None:
        """Return if a call may be made now.

        What is sent behind the back of the shard's next worker would come after newer changes.

        Raises:
            SystemExit: The daemon is gone.
            TransientError: No time is left.
        """
        if self._limits.daemon_is_gone():
            self._journal.note("daemon_gone")
            raise SystemExit(1)
        if self._limits.seconds_left() <= 0:
            raise TransientError(f"{self._thing}: no time is left to begin another try")

    def _call_once(self, make: Callable[[], Result], history: "MessageHistory | None") -> Result:
        self.check_limits()
        try:
            return make()
        except AWS_ERRORS as error:
            failure = self.failure(error)
            raise (history.after(failure) if history else failure) from error

    def _retrying(self, sleep: Callable[[float], None]) -> Retrying:
        policy = self._policy
        operators = _OperatorFailure(policy, self.clocks.monotonic)
        return Retrying(
            retry=retry_if_exception_type((TransientError, OperatorError)),
            wait=_WaitByClass(policy.first_wait_seconds, policy.longest_wait_seconds),
            stop=lambda state: operators.has_lasted(state) or self._is_too_late(state),
            sleep=sleep,
            before_sleep=self._before_sleep,
            reraise=True,
        )

    def _is_too_late(self, state: RetryCallState) -> bool:
        return state.upcoming_sleep >= self._limits.seconds_left()

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


RetriesOf = Callable[[str], Retries]
"""Makes the retries of a thing, by what the log calls it."""


class MessageHistory:
    """The attempts to publish one message, since when they are made, and the message's age.

    Args:
        message: The message.
        policy: When it is given up.
        clocks: The time.
    """

    def __init__(self, message: Message, policy: RetryPolicy, clocks: Clocks) -> None:
        self._made_at_millis = message.oldest_at_millis
        self._policy, self._clocks = policy, clocks
        self._since, self._attempts = clocks.monotonic(), Attempts()

    def after(self, error: PublishError) -> PublishError:
        """Return what a failed attempt means: the same, or that the message is given up."""
        self._attempts = self._attempts.after(error)
        if self._attempts.verdict(error, self._policy, self._age_seconds()) != "exhausted":
            return error
        attempts = counted(self._attempts.made, "attempt")
        seconds = self._clocks.monotonic() - self._since
        return RetriesExhaustedError(f"{error}; given up after {attempts} in {seconds:.0f} s")

    def _age_seconds(self) -> float | None:
        if self._made_at_millis is None or self._policy.oldest_seconds is None:
            return None
        return self._clocks.time_of_day() - self._made_at_millis / 1000


class _WaitByClass(wait_base):
    """Growing, jittered waits; for what an operator must fix, the longest ones from the start."""

    def __init__(self, first_seconds: float, longest_seconds: float) -> None:
        self._growing = wait_random_exponential(multiplier=first_seconds, max=longest_seconds)
        self._longest_seconds = longest_seconds

    def __call__(self, retry_state: RetryCallState) -> float:
        if isinstance(_error_of(retry_state), OperatorError):
            return random.uniform(self._longest_seconds / 2, self._longest_seconds)  # noqa: S311
        return self._growing(retry_state)


class _OperatorFailure:
    """Since when an operator's failure has lasted, unbroken by any other."""

    def __init__(self, policy: RetryPolicy, clock: Callable[[], float]) -> None:
        self._policy, self._clock = policy, clock
        self._since: float | None = None

    def has_lasted(self, state: RetryCallState) -> bool:
        """Tell whether it has lasted too long."""
        if not isinstance(_error_of(state), OperatorError):
            self._since = None
            return False
        self._since = self._clock() if self._since is None else self._since
        return self._policy.ends_operators(self._clock() - self._since)


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _is_known(error: BaseException | None) -> bool:
    cause = error.__cause__ if error else None
    return isinstance(cause, AWS_ERRORS) and is_known(cause)

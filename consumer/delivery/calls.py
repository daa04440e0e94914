"""Calls to the topic side by side, each on a thread of its own."""

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from queue import SimpleQueue

from consumer.delivery.retries import MessageHistory, Retries
from consumer.publishing.errors import OperatorError, PublishError, TransientError, UnansweredError
from consumer.publishing.messages import Message
from consumer.publishing.ports import PublishOutcome, Receipt

SendResult = str | PublishError
"""What the topic says of one message: its id there, or why it isn't taken."""

Check = Callable[[], None]
"""Returns if another request may be sent; raises if none may."""

Send = Callable[[Sequence[Message], Check], Iterable[SendResult]]
"""Sends messages once, and yields the result of each, in their order, as soon as it is known.

They have been checked to leave together; where it sends more than one request, it checks before
each further one.
"""


class Call:
    """Messages that are sent together, and again without those that have an outcome.

    Args:
        messages: The messages.
        send: Sends them.
        retries: Says when a message is given up.
        tell: Called with each outcome as soon as it is known.
    """

    def __init__(
        self,
        messages: Sequence[Message],
        send: Send,
        retries: Retries,
        tell: Callable[[PublishOutcome], object],
    ) -> None:
        self._send, self._tell = send, tell
        self._left = [(message, retries.history(message)) for message in messages]
        self._clock = retries.clocks.monotonic
        self._since, self._attempts = self._clock(), 0
        self._was_hurried = False
        self._unanswered_since: int | None = None

    def attempt(self, answered: int, check: Check) -> bool:
        """Send what is left; return whether any of it was taken.

        Args:
            answered: How many calls have been answered until now.
            check: Returns if a further request may be sent.

        Raises:
            TransientError: Something of it must be sent again.
            OperatorError: The same; and somebody must fix something first.
        """
        self._attempts += 1
        self._was_hurried = self._was_hurried or self.can_retry_now(answered)
        self._unanswered_since = None
        failures, is_any_taken = self._send_left(check)
        if failures:
            if all(isinstance(error, UnansweredError) for error in failures):
                self._unanswered_since = answered
            raise max(failures, key=lambda error: isinstance(error, OperatorError))
        return is_any_taken

    def can_retry_now(self, answered: int) -> bool:
        """Tell whether the next attempt needn't wait: no answer came, and others got theirs since.

        Once in a call's life: waits must grow where some are answered and some never.

        Args:
            answered: How many calls have been answered until now.
        """
        since = self._unanswered_since
        return since is not None and not self._was_hurried and answered > since

    def fail(self, error: PublishError) -> None:
        """Tell of what is left that it failed."""
        for message, _ in self._left:
            self._tell(PublishOutcome(message, error))

    def _send_left(self, check: Check) -> tuple[list[PublishError], bool]:
        """Send what is left; of it stays what must be sent again, and what was not sent."""
        waiting, self._left = self._left, []
        failures: list[PublishError] = []
        seen, is_any_taken = 0, False
        messages = [message for message, _ in waiting]
        try:
            for each, sent in zip(waiting, self._send(messages, check), strict=True):
                seen += 1
                is_any_taken = is_any_taken or isinstance(sent, str)
                failures.extend(filter(None, [self._settle(each, sent)]))
        finally:
            self._left.extend(waiting[seen:])
        return failures, is_any_taken

    def _settle(
        self, each: tuple[Message, MessageHistory], sent: SendResult
    ) -> TransientError | OperatorError | None:
        """Tell a message's outcome; or keep it, and return why it must be sent again."""
        message, history = each
        result = self._receipt(sent) if isinstance(sent, str) else history.after(sent)
        if isinstance(result, TransientError | OperatorError):
            self._left.append(each)
            return result
        self._tell(PublishOutcome(message, result))
        return None

    def _receipt(self, message_id: str) -> Receipt:
        return Receipt(message_id, self._attempts, self._clock() - self._since)


class _CancelledError(Exception):
    """Nothing of the call may be sent any more."""


class Calls:
    """Makes calls, and hands their outcomes to the thread that asks for them.

    Threads rather than a pool of them, which would keep the process from ending while a call waits
    for its next attempt.

    Args:
        send: Sends the messages of a call once.
        retries: Retries after a failure.
    """

    def __init__(self, send: Send, retries: Retries) -> None:
        self._send, self._retries = send, retries
        self._heard: SimpleQueue[PublishOutcome | BaseException | None] = SimpleQueue()
        self._under_way = 0
        self._news = threading.Condition()
        self._is_cancelled = False
        self._has_raised = False
        self._answered = 0

    def begin(self, messages: Sequence[Message]) -> None:
        """Begin a call."""
        call = Call(messages, self._send, self._retries, self._heard.put)
        self._under_way += 1
        threading.Thread(target=self._make, args=(call,), daemon=True).start()

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:
        """Return the outcomes since the last time.

        Args:
            wait: Whether to wait for one, unless nothing is under way.

        Raises:
            BaseException: A call's thread has raised this, beyond an outcome. Whoever goes on must
                `cancel` first.
        """
        outcomes: list[PublishOutcome] = []
        while self._under_way and (not self._heard.empty() or (wait and not outcomes)):
            error = self._hear(outcomes)
            if error:
                self._has_raised = True
                raise error
        return outcomes

    def cancel(self) -> Sequence[PublishOutcome]:
        """Send nothing more; return outcomes once nothing is in flight.

        Raises:
            BaseException: A call's thread has raised this, beyond an outcome, and nothing was
                raised before. Nothing is in flight any more.
        """
        with self._news:
            self._is_cancelled = True
            self._news.notify_all()
        outcomes: list[PublishOutcome] = []
        errors: list[BaseException] = []
        while self._under_way:
            errors.extend(filter(None, [self._hear(outcomes)]))
        # One that was raised already has told enough: calls side by side fail for one cause.
        is_told, self._is_cancelled, self._has_raised = self._has_raised, False, False
        if errors and not is_told:
            raise errors[0]
        return outcomes

    def _hear(self, outcomes: list[PublishOutcome]) -> BaseException | None:
        """Wait for what a thread tells next: add an outcome; return what it raised."""
        heard = self._heard.get()
        if isinstance(heard, BaseException):
            return heard
        if heard is None:
            self._under_way -= 1
        else:
            outcomes.append(heard)
        return None

    def _make(self, call: Call) -> None:
        try:
            self._retries.call(partial(self._attempt, call), sleep=partial(self._rest, call))
        except PublishError as error:
            call.fail(error)
        except _CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            self._heard.put(error)
        self._heard.put(None)

    def _attempt(self, call: Call) -> None:
        self._check()
        if call.attempt(self._answered, self._check):
            with self._news:
                self._answered += 1
                self._news.notify_all()

    def _check(self) -> None:
        if self._is_cancelled:
            raise _CancelledError
        self._retries.check_limits()

    def _rest(self, call: Call, seconds: float) -> None:
        """Wait for so long, or until the call can be retried now or is cancelled."""
        with self._news:
            self._news.wait_for(
                lambda: self._is_cancelled or call.can_retry_now(self._answered), seconds
            )

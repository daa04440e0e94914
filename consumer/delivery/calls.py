"""Calls to the topic side by side, each on a thread of its own."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue

from consumer.delivery.retries import GiveUpRule, Retries
from consumer.publishing.errors import OperatorError, PublishError, TransientError, UnansweredError
from consumer.publishing.messages import Message
from consumer.publishing.ports import PublishOutcome, Receipt

SendResult = str | PublishError
"""What the topic says of one message: its id there, or why it isn't taken."""

Send = Callable[[Sequence[Message]], Sequence[SendResult]]
"""Sends messages once, together, and returns the answer to each, in their order."""


class Call:
    """Messages that are sent together, and again without those that have an outcome.

    Args:
        messages: The messages.
        send: Sends them.
        retries: Whose policy says when a message is given up.
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
        self._left = [(message, GiveUpRule(message, retries.policy)) for message in messages]
        self._clock = retries.policy.clock
        self._since, self._tries = self._clock(), 0
        self._has_hurried = False
        self._unanswered_since: int | None = None

    def attempt(self, answered: int) -> bool:
        """Send what is left; return whether any of it was taken.

        Args:
            answered: How many calls have been answered until now.

        Raises:
            TransientError: Something of it must be sent again.
            OperatorError: The same; and somebody must fix something first.
        """
        self._tries += 1
        self._has_hurried = self._has_hurried or self.can_retry_now(answered)
        self._unanswered_since = None
        answers = self._send([message for message, _ in self._left])
        sent, self._left = self._left, []
        failures: list[PublishError] = []
        for (message, hope), answer in zip(sent, answers, strict=True):
            result = self._receipt(answer) if isinstance(answer, str) else hope.after(answer)
            if isinstance(result, TransientError | OperatorError):
                self._left.append((message, hope))
                failures.append(result)
            else:
                self._tell(PublishOutcome(message, result))
        if failures:
            if all(isinstance(error, UnansweredError) for error in failures):
                self._unanswered_since = answered
            raise max(failures, key=lambda error: isinstance(error, OperatorError))
        return any(isinstance(answer, str) for answer in answers)

    def can_retry_now(self, answered: int) -> bool:
        """Tell whether the next try needn't wait: no answer came, and others got theirs since.

        Once in a call's life: waits must grow where some are answered and some never.

        Args:
            answered: How many calls have been answered until now.
        """
        since = self._unanswered_since
        return since is not None and not self._has_hurried and answered > since

    def fail(self, error: PublishError) -> None:
        """Tell of what is left that it failed."""
        for message, _ in self._left:
            self._tell(PublishOutcome(message, error))

    def _receipt(self, message_id: str) -> Receipt:
        return Receipt(message_id, self._tries, self._clock() - self._since)


class _CancelledError(Exception):
    """The call must not be made again."""


class Calls:
    """Makes calls, and hands their outcomes to the thread that asks for them.

    Threads rather than a pool of them, which would keep the process from ending while a call waits
    for its next try.

    Args:
        send: Sends the messages of a call once.
        retries: Asks again after a failure.
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
            heard = self._heard.get()
            if isinstance(heard, BaseException):
                self._has_raised = True
                raise heard
            if heard is None:
                self._under_way -= 1
            else:
                outcomes.append(heard)
        return outcomes

    def cancel(self) -> Sequence[PublishOutcome]:
        """Send nothing again; return outcomes once nothing is in flight.

        Raises:
            BaseException: A call's thread has raised this, beyond an outcome, and nothing was
                raised before. Nothing is in flight any more.
        """
        with self._news:
            self._is_cancelled = True
            self._news.notify_all()
        outcomes, errors = self._drain()
        # One that was raised already has told enough: calls side by side fail for one cause.
        is_told, self._is_cancelled, self._has_raised = self._has_raised, False, False
        if errors and not is_told:
            raise errors[0]
        return outcomes

    def _drain(self) -> tuple[list[PublishOutcome], list[BaseException]]:
        """Wait until nothing is in flight; return outcomes, and what else threads have raised."""
        outcomes: list[PublishOutcome] = []
        errors: list[BaseException] = []
        while self._under_way:
            heard = self._heard.get()
            if isinstance(heard, BaseException):
                errors.append(heard)
            elif heard is None:
                self._under_way -= 1
            else:
                outcomes.append(heard)
        return outcomes, errors

    def _make(self, call: Call) -> None:
        try:
            self._retries.ask(lambda: self._attempt(call), sleep=partial(self._rest, call))
        except PublishError as error:
            call.fail(error)
        except _CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            self._heard.put(error)
        self._heard.put(None)

    def _attempt(self, call: Call) -> None:
        if self._is_cancelled:
            raise _CancelledError
        if call.attempt(self._answered):
            with self._news:
                self._answered += 1
                self._news.notify_all()

    def _rest(self, call: Call, seconds: float) -> None:
        """Wait for so long, or until the call can be retried at once or is cancelled."""
        with self._news:
            self._news.wait_for(
                lambda: self._is_cancelled or call.can_retry_now(self._answered), seconds
            )

"""Checkpoints, as the daemon makes them for a record processor."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from amazon_kclpy import kcl
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from consumer.delivery.threads import begin
from consumer.publishing.errors import CheckpointError, LeaseLostError
from consumer.publishing.ports import Journal

if TYPE_CHECKING:
    from concurrent.futures import Future

_LEASE_MOVED = "ShutdownException"
# DynamoDB throttles, or didn't answer KCL: a retry helps.
_TRANSIENT = frozenset({"ThrottlingException", "KinesisClientLibDependencyException"})


class DaemonCheckpointer:
    """Asks the daemon for checkpoints during one action.

    It does so on a thread of its own, so that the next messages can be sent before the daemon, and
    DynamoDB behind it, have answered. The protocol has room for one checkpoint at a time. When
    several are wanted while one is made, only the last of them is made next.

    Args:
        checkpointer: kclpy's checkpointer of the action.
        journal: Where each checkpoint and each retry is noted.
        sleep: Waits for that many seconds.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        checkpointer: kcl.Checkpointer,
        journal: Journal,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checkpointer = checkpointer
        self._journal = journal
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._is_at_work = False
        self._wanted: str | None = None
        self._making: Future[None] | None = None

    def checkpoint(self, sequence_number: str) -> None:
        """Begin a checkpoint; it is retried while DynamoDB throttles.

        Raises:
            LeaseLostError: The shard has moved to another worker.
            CheckpointError: The daemon couldn't make an earlier one.
        """
        if self._making and self._making.done():
            self._making.result()
        with self._lock:
            if self._is_at_work:
                self._wanted = sequence_number
                return
            self._is_at_work = True
        self._making = begin(partial(self._make, sequence_number))

    def wait_until_made(self) -> None:
        """Return once the last checkpoint is made; raises as `checkpoint`, for the last one too."""
        if self._making:
            self._making.result()

    def checkpoint_shard_end(self) -> None:
        """Checkpoint the shard's end; raises as `wait_until_made`."""
        self.wait_until_made()
        # Without a number KCL takes the last position, which at a shard's end is SHARD_END.
        self._ask(None)

    def _make(self, sequence_number: str) -> None:
        wanted: str | None = sequence_number
        while wanted:
            self._ask(wanted)
            wanted = self._next()

    def _next(self) -> str | None:
        """What is wanted by now; after None, the next `checkpoint` begins a new thread."""
        with self._lock:
            wanted, self._wanted = self._wanted, None
            self._is_at_work = wanted is not None
            return wanted

    def _ask(self, sequence_number: str | None) -> None:
        since = self._clock()
        try:
            self._retrying()(self._checkpointer.checkpoint, sequence_number)
        except kcl.CheckpointError as error:
            if error.value == _LEASE_MOVED:
                raise LeaseLostError(str(error)) from error
            raise CheckpointError(f"at {sequence_number or 'SHARD_END'}: {error.value}") from error
        self._journal.note(
            "checkpoint_made",
            sequenceNumber=sequence_number or "SHARD_END",
            millis=round((self._clock() - since) * 1000),
        )

    def _retrying(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception(_is_transient),
            wait=wait_random_exponential(multiplier=0.1, max=5),
            sleep=self._sleep,
            before_sleep=self._note_retry,
            reraise=True,
        )

    def _note_retry(self, state: RetryCallState) -> None:
        self._journal.note(
            "checkpoint_retried",
            attempts=state.attempt_number,
            waitSeconds=round(state.upcoming_sleep, 2),
        )


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, kcl.CheckpointError) and error.value in _TRANSIENT

"""Waiting for a condition, for as long as a slow machine may need."""

import time
from collections.abc import Callable

from consumer.sandbox.process import ManagedProcess
from consumer.sandbox.server import SandboxError

PATIENCE_SECONDS = 180.0
"""Far longer than anything takes, so that a slow machine fails nothing."""

_POLL_SECONDS = 0.02


class WaitedInVainError(SandboxError):
    """A condition did not come to hold; says which, with the last lines of the process's log."""


def wait_for(
    condition: Callable[[], bool],
    what: str = "a condition",
    process: ManagedProcess | None = None,
    seconds: float = PATIENCE_SECONDS,
) -> None:
    """Wait until a condition holds.

    Args:
        condition: Asked again and again.
        what: What is waited for, for the error.
        process: Who brings the condition about; nobody waits for a process that has ended.
        seconds: How long to wait at most.

    Raises:
        WaitedInVainError: It takes longer, or the process has ended.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        has_ended = process is not None and process.status is not None
        # It may have brought the condition about and ended since the last look.
        if (has_ended or time.monotonic() > deadline) and not condition():
            log = [process.tail()] if process else []
            raise WaitedInVainError("\n".join([f"waited in vain for {what}", *log]))
        time.sleep(_POLL_SECONDS)

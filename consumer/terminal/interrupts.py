"""Ctrl-C and SIGTERM: a signal never raises an exception in the middle of other code.

Python would raise KeyboardInterrupt wherever the main thread is: in a finalizer it is swallowed,
and while a lock is taken it leaves the lock taken for ever. So a command that leaves nothing behind
is ended at once. Any other is asked to stop, by a flag that its loops and waits look at.
"""

import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from consumer.terminal import exits

_Handler = Callable[[int, FrameType | None], None]

_STDERR = 2
_SHOW_CURSOR = b"\x1b[?25h"
"""Rich hides the cursor while it shows progress."""


class StopRequest:
    """Whether a signal has asked the command to stop. Loops and waits of any thread may look."""

    def __init__(self) -> None:
        self._is_set = self._is_seen = False
        # A pipe, not threading.Event: a handler that interrupts a wait for an event can't set it.
        self._readable, self._writable = os.pipe()

    def set(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal; the second one ends the program at once."""
        if self._is_set:
            _end_at_once(number, None)
        self._is_set = True
        os.write(self._writable, b"\n")

    def is_set(self) -> bool:
        """Return whether the command is to stop."""
        # Read once: a signal may come between two reads.
        is_set = self._is_set
        self._is_seen = self._is_seen or is_set
        return is_set

    def wait(self, seconds: float | None) -> bool:
        """Wait until the command is to stop, for so many seconds at most; return whether it is."""
        if not self._is_set:
            select.select([self._readable], [], [], seconds)
        return self.is_set()

    def check(self) -> None:
        """Raise KeyboardInterrupt if the command is to stop."""
        if self.is_set():
            raise KeyboardInterrupt

    def is_unseen(self) -> bool:
        """Return whether the command is to stop, and nobody has looked since."""
        return self._is_set and not self._is_seen

    def sleep(self, seconds: float) -> None:
        """Wait for so many seconds; raise KeyboardInterrupt once the command is to stop."""
        self.wait(seconds)
        self.check()

    def close(self) -> None:
        """Close the pipe; nobody waits any more."""
        os.close(self._readable)
        os.close(self._writable)


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let Ctrl-C end the program with status 130, until the end of the `with`."""
    with _handled(_end_at_once, signal.SIGINT):
        yield


def leave_to_the_system() -> None:
    """Let Ctrl-C do what the system has it do, before this process becomes another program.

    A signal that came earlier still ends this one.
    """
    if signal.getsignal(signal.SIGINT) is _end_at_once:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def deferred() -> Iterator[StopRequest]:
    """Let Ctrl-C and SIGTERM set a flag, until the end of the `with`.

    The block looks at it, and cleans up. Where a signal comes too late for that, KeyboardInterrupt
    is raised after the block. A second signal ends the program at once.
    """
    request = StopRequest()
    try:
        with _handled(request.set, signal.SIGINT, signal.SIGTERM):
            yield request
    except (Exception, SystemExit) as error:
        if request.is_unseen():
            raise KeyboardInterrupt from error
        raise
    finally:
        request.close()
    if request.is_unseen():
        raise KeyboardInterrupt


@contextmanager
def _handled(handler: _Handler, *numbers: signal.Signals) -> Iterator[None]:
    """Handle signals; those that our parent had us ignore stay ignored."""
    before: dict[signal.Signals, signal.Handlers | _Handler | int | None] = {}
    try:
        # Only the main thread may set handlers, and only it is interrupted.
        if threading.current_thread() is threading.main_thread():
            for number in numbers:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _end_at_once(_number: int, _frame: FrameType | None) -> None:
    """End without a word to anybody: even finalizers may wait for something."""
    if os.isatty(_STDERR):
        os.write(_STDERR, _SHOW_CURSOR + b"\n")  # behind the ^C that the terminal has written
    os._exit(exits.INTERRUPTED)

"""A process of ours: started with its own log, ended by its id, gone when we are gone."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_TERM_SECONDS = 5.0


class ManagedProcess:
    """A process in a group of its own, whose output goes to a file.

    Start it from the main thread: on Linux the kernel ends it when the thread that started it ends,
    so that not even a kill -9 of this process leaves it behind.

    Args:
        command: The program and its arguments.
        log: The file that gets everything it writes.
        environ: Its environment; this process's own unless told.
    """

    def __init__(
        self, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        with log.open("ab") as output, _interruptible_children():
            self._process = subprocess.Popen(
                _tied_to_us(command),
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own: a terminal's Ctrl-C reaches us alone, and we end it in order.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process's id, which is its group's too."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, None while it runs."""
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        self._process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """Wait for its end; subprocess.TimeoutExpired when that takes longer."""
        return self._process.wait(seconds)

    def stop(self, seconds: float = _TERM_SECONDS) -> int:
        """End it with SIGTERM, and its whole group with SIGKILL when that takes too long."""
        if self.status is None:
            self.signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.wait(seconds)
        return self.kill()

    def kill(self) -> int:
        """End the whole group at once, with SIGKILL; return the exit status."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        return self._process.wait()

    def tail(self, lines: int = 20) -> str:
        """The last lines that it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@contextlib.contextmanager
def _interruptible_children() -> Iterator[None]:
    """Let Ctrl-C reach children, until the end of the `with`, where we ignore it.

    A shell has its background jobs ignore it, and children inherit that. What is not inherited is a
    handler, here one that ignores it, too.
    """
    is_main = threading.current_thread() is threading.main_thread()
    is_ignored = is_main and signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if is_ignored:
        signal.signal(signal.SIGINT, lambda _number, _frame: None)
    yield
    if is_ignored:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _tied_to_us(command: Sequence[str]) -> Sequence[str]:
    """Have the kernel end the process when we end, where the program for it is there.

    Not by a preexec_fn: with one, Python runs the fork's hooks, and a Ctrl-C that arrives in one of
    those is swallowed, with a lock of the logging module left locked.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", *command] if setpriv else command

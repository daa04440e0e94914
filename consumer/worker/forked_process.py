"""How a forked process ends, and with which status."""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

from consumer.worker.shim import EXIT_FAILED

_SIGNALLED = 128
_PARENT_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends.

    When the fork server is killed, its shims end, and the daemon starts other record processors for
    their shards. A forked one must not go on publishing beside them.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(EXIT_FAILED)


def run_to_its_end(work: Callable[[], None]) -> int:
    """Do the work; return the status with which Python would end after it."""
    try:
        work()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does with an uncaught error
        sys.excepthook(*sys.exc_info())
        return EXIT_FAILED
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    return 0


def exit_status(waited: int) -> int:
    """Return the status as a shell has it: 128 plus the number of the signal that ended it."""
    status = os.waitstatus_to_exitcode(waited)
    return status if status >= 0 else _SIGNALLED - status

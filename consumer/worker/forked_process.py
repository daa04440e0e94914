"""How a process ends that was forked rather than started, and with which status."""

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

    Should the fork server be killed, a stand-in ends too, and the daemon gives its shard to another
    record processor: the one that it stood for must not go on publishing beside that.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(EXIT_FAILED)


def run_to_its_end(work: Callable[[], None]) -> int:
    """Do the work; return the status with which the process would end if it were Python's main."""
    try:
        work()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does with what nobody has caught
        sys.excepthook(*sys.exc_info())
        return EXIT_FAILED
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    return 0


def exit_status(waited: int) -> int:
    """Return the status as a shell tells it: 128 and the signal's number where there was one."""
    status = os.waitstatus_to_exitcode(waited)
    return status if status >= 0 else _SIGNALLED - status

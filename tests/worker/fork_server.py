"""A fork server in a process of its own, whose record processors do what a test says.

    python -m tests.worker.fork_server LISTENER DAEMON SHORT

Each of its record processors answers every line with its process id and that line, and ends with
the status that a line `end STATUS` names. The system is short of processes for the first SHORT of
them.
"""

import errno
import itertools
import logging
import os
import socket
import sys
from collections.abc import Callable

from consumer.telemetry.logs import LogJournal, start_logging
from consumer.worker.fork_server import ForkServer
from consumer.worker.shim import SECRET_VARIABLE


def _work() -> None:
    for line in sys.stdin:
        words = line.split()
        if words[0] == "end":
            sys.exit(int(words[1]))
        if words[0] == "raise":
            raise ValueError(words[1])
        sys.stdout.write(f"{os.getpid()} {line}")
        sys.stdout.flush()


def _fork_after(failures: int) -> Callable[[], int]:
    numbers = itertools.count()

    def fork() -> int:
        if next(numbers) < failures:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return os.fork()

    return fork


if __name__ == "__main__":
    listening, daemon, short = (int(argument) for argument in sys.argv[1:])
    start_logging("json", "INFO", {})
    journal = LogJournal(logging.getLogger("consumer"))
    server = ForkServer(
        socket.socket(fileno=listening),
        daemon,
        _work,
        journal,
        secret=os.environ[SECRET_VARIABLE],
        fork=_fork_after(short),
    )
    server.serve()

"""The pipe to the daemon: standard input and output are the protocol and nothing else."""

import contextlib
import os
import select
import sys
from typing import TextIO


def claim_stdout() -> TextIO:
    """Keep standard output for the protocol and send everything else there to standard error.

    One stray line on the protocol's pipe breaks the shard. After this, a print in any library
    and the output of any child process go to standard error.

    Returns:
        The only stream that still leads to the daemon.
    """
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return protocol


def give_sign_of_life() -> None:
    """Let the daemon see that this process is at work, by an empty line that it doesn't pass on.

    A line of the log is such a sign too; without either the daemon takes the process for hung.
    """
    # Whoever can't write here can't be told so either.
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write("\n")
        sys.stderr.flush()


def daemon_is_gone(descriptor: int = 0) -> bool:
    """Tell whether nobody holds the writing end of the pipe any more.

    A killed daemon says no goodbye; a record processor that is waiting for SNS would outlive it.
    """
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))

"""The pipes to the daemon: standard input and output carry the protocol and nothing else."""

import contextlib
import os
import select
import sys
from typing import TextIO


def claim_stdout() -> TextIO:
    """Keep standard output for the protocol and send everything else there to standard error.

    One stray line among the protocol's would break the shard. From now on, whatever a library
    prints and a child process writes goes to standard error.

    Returns:
        The only stream that still leads to the daemon.
    """
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return protocol


def give_sign_of_life() -> None:
    """Show the daemon that this process is at work, by an empty line that isn't logged.

    A line of the log does the same. Without either the daemon takes the process for hung.
    """
    # If this can't be written, no log line about it can be written either.
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write("\n")
        sys.stderr.flush()


def daemon_is_gone(descriptor: int = 0) -> bool:
    """Tell whether nobody has the writing end of the pipe any more.

    A killed daemon sends no action. A record processor that waits for SNS would outlive it.
    """
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))

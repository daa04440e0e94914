"""A fork server in a process of its own, whose record processors do what a test says.

    python -m tests.forks.server LISTENER DAEMON

Each of its record processors answers every line with its process id and that line, and ends with
the status that a line `end STATUS` names.
"""

import os
import socket
import sys

from consumer.fork_server import ForkServer


def _work() -> None:
    for line in sys.stdin:
        words = line.split()
        if words[0] == "end":
            sys.exit(int(words[1]))
        if words[0] == "raise":
            raise ValueError(words[1])
        sys.stdout.write(f"{os.getpid()} {line}")
        sys.stdout.flush()


if __name__ == "__main__":
    ForkServer(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), _work).serve()

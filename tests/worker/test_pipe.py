"""Standard output is the protocol, and the daemon's end is noticed."""

import os
import subprocess
import sys

from consumer.worker.pipe import daemon_is_gone

CHATTY = """
import os, sys
from consumer.worker.pipe import claim_stdout
protocol = claim_stdout()
print('{"action": "status", "responseFor": "processRecords"}')
os.write(1, b"raw\\n")
os.system("echo from a child process")
print("the only line", file=protocol, flush=True)
"""


def test_nothing_stray_reaches_the_daemon() -> None:
    """Prints, raw writes and child processes' output go to standard error instead."""
    done = subprocess.run(
        [sys.executable, "-c", CHATTY], capture_output=True, text=True, check=True
    )

    assert done.stdout == "the only line\n"
    assert all(word in done.stderr for word in ("responseFor", "raw", "from a child process"))


def test_the_daemons_end_is_noticed() -> None:
    """Its end of the pipe closes with it, also when something was still unread."""
    reading, writing = os.pipe()
    os.write(writing, b"unread\n")
    assert not daemon_is_gone(reading)

    os.close(writing)
    assert daemon_is_gone(reading)
    os.close(reading)

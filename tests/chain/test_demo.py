"""`stream-publisher demo`, interrupted: no process and no folder is left behind."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from consumer.sandbox.waits import wait_for

pytestmark = pytest.mark.server

# As little as a pipe may hold, where pages are of the usual size.
_PIPE_BYTES = 4096
_END_SECONDS = 240


def start_demo(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """A demo whose temporary files go to a folder and its output to a pipe that holds little."""
    return subprocess.Popen(
        [sys.executable, "-m", "consumer", "demo", *options],
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pipesize=_PIPE_BYTES,
    )


def read_until(demo: subprocess.Popen[bytes], moment: str) -> bytes:
    """Return what it has written up to a moment, and leave it no room to write much more."""
    assert demo.stdout is not None
    output = b""
    while not re.search(moment.encode(), output):
        more = os.read(demo.stdout.fileno(), _PIPE_BYTES)
        assert more, output.decode()
        output += more
    return output


def is_alive(process: psutil.Process) -> bool:
    """Whether it still does anything: one that is over may wait for init to collect it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    "moment", ["", "servers? answer", "daemon: Starting", "message 1 "], ids=lambda m: m or "start"
)
def test_an_interrupted_demo_leaves_nothing_behind(tmp_path: Path, moment: str) -> None:
    """Ctrl-C while servers start, while the daemon starts, and while batches arrive.

    It can't be over by then, however late Ctrl-C is: what it has yet to tell is more than its
    output takes.
    """
    folder = tmp_path / "tmp"
    folder.mkdir()
    demo = start_demo(folder, "--changes", "1000")
    process = psutil.Process(demo.pid)
    wait_for(lambda: bool(process.children()))
    output = read_until(demo, moment)
    descendants = process.children(recursive=True)
    demo.send_signal(signal.SIGINT)
    output += demo.communicate(timeout=_END_SECONDS)[0]

    assert demo.returncode == 130, output.decode()
    wait_for(lambda: not any(is_alive(child) for child in descendants))
    assert list(folder.iterdir()) == []


def test_the_demo_accounts_for_every_change(tmp_path: Path) -> None:
    """Its last line on stdout is the figures, and nothing is lost."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    demo = start_demo(folder, "--changes", "25", "--json")
    output = demo.communicate(timeout=_END_SECONDS)[0].decode()
    figures = json.loads(output.splitlines()[-1])

    assert demo.returncode == 0
    assert (figures["written"], figures["delivered"], figures["messages"]) == (25, 25, 3)
    assert (figures["lost"], figures["duplicates"], figures["largest_batch"]) == (0, 0, 10)
    assert list(folder.iterdir()) == []

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

from tests.chain.world import wait_for

pytestmark = pytest.mark.server


def start_demo(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """A demo whose temporary files go to a folder and its output to a file beside it."""
    with (folder.parent / "output").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "consumer", "demo", *options],
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )


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
    """Ctrl-C while servers start, while the daemon starts, and while batches arrive."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    demo = start_demo(folder, "--changes", "3000")
    output = tmp_path / "output"
    process = psutil.Process(demo.pid)
    wait_for(lambda: bool(process.children()))
    wait_for(lambda: re.search(moment, output.read_text()) is not None)
    descendants = process.children(recursive=True)
    demo.send_signal(signal.SIGINT)
    status = demo.wait(40)

    assert status == 130, output.read_text()
    wait_for(lambda: not any(is_alive(child) for child in descendants), seconds=5)
    assert list(folder.iterdir()) == []


def test_the_demo_accounts_for_every_change(tmp_path: Path) -> None:
    """Its last line on stdout is the figures, and nothing is lost."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    demo = start_demo(folder, "--changes", "25", "--json")
    status = demo.wait(120)
    figures = json.loads((tmp_path / "output").read_text().splitlines()[-1])

    assert status == 0
    assert (figures["written"], figures["delivered"], figures["messages"]) == (25, 25, 3)
    assert (figures["lost"], figures["duplicates"], figures["largest_batch"]) == (0, 0, 10)
    assert list(folder.iterdir()) == []

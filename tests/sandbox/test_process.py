"""A process of ours, as the demo and the tests start it."""

import subprocess
import sys
from pathlib import Path

from consumer.sandbox.process import ManagedProcess

STARTS_ONE = """
import signal, sys
from pathlib import Path
from consumer.sandbox.process import ManagedProcess

signal.signal(signal.SIGINT, signal.SIG_IGN)
child = ManagedProcess([sys.executable, "-c", "import time; time.sleep(60)"], Path(sys.argv[1]))
child.signal(signal.SIGINT)
print(child.wait(50), signal.getsignal(signal.SIGINT) is signal.SIG_IGN)
"""


def test_a_child_of_a_background_job_can_be_interrupted(tmp_path: Path) -> None:
    """A shell has such a job ignore Ctrl-C; it goes on to do so."""
    command = [sys.executable, "-c", STARTS_ONE, str(tmp_path / "log")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout == "-2 True\n"


def test_its_whole_output_is_its_log(tmp_path: Path) -> None:
    """Both streams."""
    program = "import sys; print('out', flush=True); print('err', file=sys.stderr)"
    process = ManagedProcess([sys.executable, "-c", program], tmp_path / "log")

    assert process.wait(60) == 0
    assert process.tail() == "out\nerr"

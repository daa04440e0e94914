"""What `stream-publisher health` says of a daemon."""

import json
import subprocess
import sys

from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for


def wait_for_health(
    port: int, *, healthy: bool, problem: str = "", seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait until `health` says so, by its exit status and in its answer."""

    def says_so() -> bool:
        asked = _health(port)
        answer = json.loads(asked.stdout or "{}")
        status = (asked.returncode, answer.get("healthy"))
        return status == (0 if healthy else 1, healthy) and problem in str(answer.get("problem"))

    wait_for(says_so, seconds=seconds)


def _health(port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "consumer", "health", "--port", str(port)]
    return subprocess.run(command, capture_output=True, text=True, check=False)

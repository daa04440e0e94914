"""A log that can't be written costs the log and nothing else."""

import signal
import sys
from pathlib import Path

import pytest

from consumer.demo.daemon import PROPERTIES
from consumer.sandbox.process import ManagedProcess
from consumer.sandbox.waits import PATIENCE_SECONDS
from tests.chain.world import World

pytestmark = pytest.mark.server

RUN = f'exec "$0" -m consumer run --properties "{PROPERTIES}"'


@pytest.mark.parametrize(
    "redirection",
    [
        pytest.param("2>&-", id="standard error is closed"),
        pytest.param("2>/dev/full", id="the disk is full"),
    ],
)
def test_what_the_log_goes_to_may_fail(world: World, tmp_path: Path, redirection: str) -> None:
    """Everything is published, the leases are given back, and the status is 0."""
    world.write(25)
    command = ["sh", "-c", f"{RUN} {redirection}", sys.executable]
    daemon = ManagedProcess(command, tmp_path / "log", world.environment())
    try:
        world.receive_everything()
        daemon.signal(signal.SIGTERM)
        status = daemon.wait(PATIENCE_SECONDS)
    finally:
        daemon.kill()

    assert status == 0
    assert world.owner() is None
    assert daemon.log.read_text() == ""

"""Settings reach the record processors as they were checked."""

import os
import subprocess
import sys

from consumer.settings.processor import ProcessorSettings
from tests.settings.samples import SETTINGS


def test_settings_survive_the_way_through_the_environment() -> None:
    """Text beyond ASCII too."""
    assert ProcessorSettings.from_environment(SETTINGS.to_environment()) == SETTINGS


def test_a_record_processor_started_by_hand_says_how_it_is_started() -> None:
    """One line on stderr, nothing on stdout, status 2."""
    done = subprocess.run(
        [sys.executable, "-m", "consumer.worker.record_processor"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "stream-publisher run" in done.stderr

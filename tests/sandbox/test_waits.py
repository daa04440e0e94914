"""Waiting for what a process brings about."""

import sys
from pathlib import Path

import pytest

from consumer.sandbox.process import ManagedProcess
from consumer.sandbox.waits import WaitedInVainError, wait_for


@pytest.fixture
def ended(tmp_path: Path) -> ManagedProcess:
    """A process that has failed."""
    process = ManagedProcess([sys.executable, "-c", "raise SystemExit('no')"], tmp_path / "log")
    process.wait(60)
    return process


def test_nobody_waits_for_a_process_that_has_ended(ended: ManagedProcess) -> None:
    """The error has what is waited for, and the end of the process's log."""
    with pytest.raises(WaitedInVainError, match=r"(?s)its first word.*no"):
        wait_for(lambda: False, "its first word", ended)


def test_what_a_process_did_before_it_ended_counts(ended: ManagedProcess) -> None:
    """It may end between two looks, having brought the condition about."""
    looks = iter((False, True, True))

    wait_for(lambda: next(looks), "its last word", ended)


def test_a_wait_without_a_process_ends_in_time() -> None:
    """Then there is no log to show."""
    with pytest.raises(WaitedInVainError, match=r"^waited in vain for nothing$"):
        wait_for(lambda: False, "nothing", seconds=0)

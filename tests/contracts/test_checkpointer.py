"""What every checkpointer does: the real one, talking to a daemon, and the fake."""

import io
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from amazon_kclpy import kcl

from consumer.publishing.errors import CheckpointError, LeaseLostError
from consumer.publishing.ports import Checkpointer
from consumer.worker.checkpointer import DaemonCheckpointer
from tests.fakes import FakeCheckpointer, FakeJournal


def already() -> threading.Event:
    """An event that has come."""
    event = threading.Event()
    event.set()
    return event


@dataclass
class DaemonDouble:
    """The daemon's side of the pipe.

    Attributes:
        errors: What it answers to the coming checkpoints; then it makes them.
        made: The checkpoints that it made.
        answers: Set as soon as it answers.
        answered: Released with each answer.
    """

    errors: list[str | None] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    asked: int = 0
    answers: threading.Event = field(default_factory=already)
    answered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def checkpointer(self, waits: list[float] | None = None) -> DaemonCheckpointer:
        """A real checkpointer that talks to it."""
        output = io.StringIO()
        handler = kcl._IOHandler(self, output, io.StringIO())
        self.output = output
        slept = waits if waits is not None else []
        return DaemonCheckpointer(kcl.Checkpointer(handler), FakeJournal(), slept.append)

    def readline(self) -> str:
        """Answer the last request."""
        self.answers.wait()
        request = json.loads(self.output.getvalue().strip().splitlines()[-1])
        number = request["sequenceNumber"]
        error = self.errors.pop(0) if self.errors else None
        self.asked += 1
        if error is None:
            self.made.append(number or "SHARD_END")
        self.answered.release()
        answer = {"action": "checkpoint", "sequenceNumber": number, "subSequenceNumber": None}
        return json.dumps({**answer, "error": error})


@dataclass
class Subject:
    """A checkpointer under test, what it made, and one whose lease is lost."""

    checkpointer: Checkpointer
    made: list[str]
    lost: Checkpointer


def fake() -> Subject:
    """The fake."""
    checkpointer = FakeCheckpointer()
    return Subject(checkpointer, checkpointer.made, FakeCheckpointer(lease_is_lost=True))


def real() -> Subject:
    """The real one."""
    daemon = DaemonDouble()
    lost = DaemonDouble(errors=["ShutdownException"])
    return Subject(daemon.checkpointer(), daemon.made, lost.checkpointer())


@pytest.mark.parametrize("make", [fake, real])
def test_checkpoints_are_made_in_order(make: Callable[[], Subject]) -> None:
    """The shard's end is a checkpoint too."""
    subject = make()
    subject.checkpointer.checkpoint("10")
    subject.checkpointer.checkpoint("20")
    subject.checkpointer.checkpoint_shard_end()

    assert subject.made == ["10", "20", "SHARD_END"]


@pytest.mark.parametrize("make", [fake, real])
def test_a_lost_lease_is_told_apart(make: Callable[[], Subject]) -> None:
    """It is no failure: another worker goes on."""
    lost = make().lost
    lost.checkpoint("10")
    with pytest.raises(LeaseLostError):
        lost.wait_until_made()


@pytest.mark.parametrize("make", [fake, real])
def test_a_lost_lease_is_heard_of_before_the_shards_end(make: Callable[[], Subject]) -> None:
    """The end is the next holder's to tell."""
    subject = make()
    subject.lost.checkpoint("10")
    with pytest.raises(LeaseLostError):
        subject.lost.checkpoint_shard_end()


def test_a_throttled_checkpoint_is_asked_for_until_it_is_made() -> None:
    """Waits grow and are bounded."""
    daemon, waits = DaemonDouble(errors=["ThrottlingException"] * 12), list[float]()
    checkpointer = daemon.checkpointer(waits)
    checkpointer.checkpoint("10")
    checkpointer.wait_until_made()

    assert daemon.made == ["10"]
    assert daemon.asked == 13
    assert len(waits) == 12
    assert all(0 <= wait <= 5 for wait in waits)


@pytest.mark.parametrize("error", ["InvalidStateException", "IllegalArgumentException"])
def test_any_other_answer_is_an_error(error: str) -> None:
    """It names the checkpoint that could not be made, and asks once."""
    daemon = DaemonDouble(errors=[error])
    checkpointer = daemon.checkpointer()
    checkpointer.checkpoint("10")
    with pytest.raises(CheckpointError, match=f"at 10: {error}"):
        checkpointer.wait_until_made()

    assert daemon.asked == 1


def test_nobody_waits_for_a_checkpoint_until_it_matters() -> None:
    """Meanwhile the next messages leave; of what is asked for by then the last is made."""
    daemon = DaemonDouble(answers=threading.Event())
    checkpointer = daemon.checkpointer()
    for number in ("10", "20", "30"):
        checkpointer.checkpoint(number)
    assert daemon.made == []
    daemon.answers.set()
    checkpointer.wait_until_made()

    assert daemon.made == ["10", "30"]


def test_what_was_wanted_meanwhile_is_made_without_a_further_call() -> None:
    """Whoever wanted it may wait for something else, for hours."""
    daemon = DaemonDouble(answers=threading.Event())
    checkpointer = daemon.checkpointer()
    checkpointer.checkpoint("10")
    checkpointer.checkpoint("20")
    daemon.answers.set()

    assert all(daemon.answered.acquire(timeout=60) for _ in range(2))
    assert daemon.made == ["10", "20"]


def test_one_that_failed_is_heard_of_with_the_next() -> None:
    """Which is not asked for any more."""
    daemon = DaemonDouble(errors=["InvalidStateException"])
    checkpointer = daemon.checkpointer()
    checkpointer.checkpoint("10")
    with pytest.raises(CheckpointError, match="at 10"):
        checkpointer.wait_until_made()
    with pytest.raises(CheckpointError, match="at 10"):
        checkpointer.checkpoint("20")

    assert daemon.made == []

"""A signal asks a command to stop; it raises nothing in the middle of other code."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from consumer.terminal.interrupts import StopRequest, deferred

PROLOGUE = """\
import os, signal, sys, threading, time
from consumer.terminal.interrupts import deferred, ending_at_once

def press():
    os.kill(os.getpid(), signal.SIGINT)
"""


def press(number: signal.Signals = signal.SIGINT) -> None:
    """What a terminal does at Ctrl-C."""
    os.kill(os.getpid(), number)


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    command = [sys.executable, "-c", PROLOGUE + program]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def ask(request: StopRequest) -> None:
    """Look, as a loop does."""
    request.check()


def sleep(request: StopRequest) -> None:
    """Wait, as a retry does."""
    request.sleep(60)


@pytest.mark.parametrize("look", [ask, sleep])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_looks_learns_of_a_signal(
    look: Callable[[StopRequest], None], number: signal.Signals
) -> None:
    """And what runs when it comes goes on."""
    reached: list[str] = []

    def work() -> None:
        with deferred() as stop:
            press(number)
            reached.append("after the signal")
            look(stop)
            reached.append("after the look")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == ["after the signal"]


def test_a_wait_ends_with_the_signal() -> None:
    """That of any thread."""
    with deferred() as stop:
        threading.Timer(0.1, press).start()
        began = time.monotonic()

        assert not stop.wait(0.001)
        assert stop.wait(60)
        assert time.monotonic() - began < 50


@pytest.mark.parametrize("error", [None, ValueError, SystemExit])
def test_a_signal_that_nobody_has_seen_ends_the_command_later(
    error: type[BaseException] | None,
) -> None:
    """Once what must not be interrupted is done, well or not."""

    def work() -> None:
        with deferred():
            press()
            if error:
                raise error

    with pytest.raises(KeyboardInterrupt):
        work()


def test_a_signal_that_was_seen_is_the_commands_own() -> None:
    """It may end as it likes."""
    with deferred() as stop:
        press()

        assert stop.is_set()


@pytest.mark.parametrize("line", [1, 2, 3])
def test_a_signal_is_seen_when_the_look_says_so(line: int) -> None:
    """And only then, whichever line of the look it comes before."""
    with contextlib.suppress(KeyboardInterrupt), deferred() as stop:
        lines = itertools.count(1)

        def trace(frame: FrameType, event: str, _arg: object) -> Callable[..., Any] | None:
            if frame.f_code is not StopRequest.is_set.__code__:
                return None
            if event == "line" and next(lines) == line:
                stop.set(signal.SIGINT, frame)
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            is_set = stop.is_set()
        finally:
            sys.settrace(before)
        is_unseen = stop.is_unseen()

    assert is_unseen is not is_set


def test_a_command_that_leaves_nothing_behind_ends_at_once() -> None:
    """Wherever it is: here in a finalizer, in which an exception would be swallowed."""
    done = run(
        "class Thing:\n"
        "    def __del__(self):\n"
        "        press()\n"
        "with ending_at_once():\n"
        "    Thing()\n"
        "    print('goes on', flush=True)\n"
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_the_second_signal_ends_a_command_that_doesn_t_look() -> None:
    """The first one only asks."""
    done = run(
        "with deferred() as stop:\n"
        "    press()\n"
        "    print('cleans up', flush=True)\n"
        "    press()\n"
        "    print('goes on', flush=True)\n"
    )

    assert (done.returncode, done.stdout) == (130, "cleans up\n")


def test_what_is_to_be_ignored_stays_ignored() -> None:
    """A shell has its background jobs ignore Ctrl-C."""
    done = run(
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "with ending_at_once(), deferred() as stop:\n"
        "    press()\n"
        "    print(stop.is_set(), flush=True)\n"
    )

    assert (done.returncode, done.stdout) == (0, "False\n")

"""Standard streams, and who is at their other end."""

import io
import os

from consumer.terminal.streams import is_terminal


def test_a_pipe_is_no_terminal() -> None:
    """Nor is anything else that isn't one."""
    assert not is_terminal(io.StringIO())


def test_a_closed_stream_is_no_terminal() -> None:
    """Python has None in its place: a worker with a closed log must start all the same."""
    assert not is_terminal(None)


def test_a_terminal_is_one() -> None:
    """A person can be asked there."""
    ours, theirs = os.openpty()
    with os.fdopen(ours), os.fdopen(theirs, "w") as terminal:
        assert is_terminal(terminal)

"""Ctrl-C ends a command with the shell's own status."""

import io

import pytest
from click.testing import CliRunner

from consumer.cli import main


class Interrupted(io.BytesIO):
    """An input at which somebody presses Ctrl-C."""

    def read(self, size: int | None = -1) -> bytes:
        """Nothing comes any more; nothing is what click asks for to see whether it may read."""
        if size == 0:
            return b""
        raise KeyboardInterrupt


@pytest.mark.parametrize("command", [["simulate", "-"], ["simulate", "-", "--json"]])
def test_a_command_that_is_interrupted_ends_with_130(command: list[str]) -> None:
    """Not as after a failure, and in silence."""
    done = CliRunner().invoke(main, command, input=Interrupted())

    assert done.exit_code == 130
    assert done.output.strip() == ""

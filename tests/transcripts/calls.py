"""Calls a command in this process, as from a terminal or with its output in a pipe."""

import contextlib
import io
import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from unittest.mock import patch

from consumer.cli import main
from tests.transcripts.screen import Screen


class _Output(io.StringIO):
    """Standard output and standard error together, as `2>&1` has them."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        """Whether somebody looks."""
        return self._is_terminal


class _Input(io.StringIO):
    """What is typed; a terminal echoes it."""

    def __init__(self, typed: str, output: _Output) -> None:
        super().__init__(typed)
        self._output = output

    def isatty(self) -> bool:
        """Whether somebody types."""
        return self._output.isatty()

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override] # StringIO's own
        """Return the next line that is typed."""
        line = super().readline(-1 if size is None else size)
        if self.isatty():
            self._output.write(line)
        return line


def call(command: str, environ: Mapping[str, str], typed: str, *, is_terminal: bool) -> str:
    """Call a command; return what can be read at its end, and its exit status where it is not 0.

    Args:
        command: As a shell has it, `stream-publisher` first.
        environ: Its whole environment.
        typed: What is typed, with line ends.
        is_terminal: Whether a terminal shows what is written; else it goes through a pipe.
    """
    output = _Output(is_terminal=is_terminal)
    with _in_place(output, _Input(typed, output)), patch.dict(os.environ, environ, clear=True):
        status = _status(command)
    written = output.getvalue()
    if is_terminal:
        screen = Screen()
        screen.write(written)
        written = screen.text()
    ended = f"\n[exit status {status}]" if status else ""
    return written.rstrip("\n") + ended


def _status(command: str) -> int:
    _, *arguments = shlex.split(command)
    try:
        main(arguments, prog_name="stream-publisher")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


@contextlib.contextmanager
def _in_place(output: _Output, typed: _Input) -> Iterator[None]:
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = typed, output, output
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before

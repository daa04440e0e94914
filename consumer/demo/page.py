"""What the tour shows, as Markdown: headings, sentences, commands with what they print."""

import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from consumer.sandbox.waits import PATIENCE_SECONDS

_PROGRAMS = Path(sys.executable).parent


class TourError(Exception):
    """A step did not show what it should; the text says which."""


class TourPage:
    """Writes the page while the tour goes on, and runs what stands on it.

    Args:
        output: Where to.
        folder: Where commands run.
        environ: Their environment.
        look: Called before each command and each wait; raises to end the tour.
    """

    def __init__(
        self,
        output: TextIO,
        folder: Path,
        environ: Mapping[str, str],
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._output, self._folder, self._environ = output, folder, dict(environ)
        self.look = look
        """Called before each command and each wait."""
        self._steps = 0

    def step(self, heading: str, sentence: str) -> None:
        """Begin a step."""
        self._steps += 1
        self.write(f"\n## {self._steps}. {heading}\n\n{sentence}\n")

    def say(self, sentence: str) -> None:
        """A sentence of its own."""
        self.write(f"\n{sentence}\n")

    def show(self, commands: Sequence[str], printed: str = "") -> None:
        """Commands, as an operator types them, and what the last one printed."""
        typed = [f"$ {command}" for command in commands]
        lines = [line.rstrip() for line in printed.rstrip().splitlines()]
        self.write("\n".join(["\n```text", *typed, *lines, "```\n"]))

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command without waiting for it; `finish` shows it."""
        self.look()
        return subprocess.Popen(
            _found(command),
            cwd=self._folder,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, running: subprocess.Popen[str], *command: str, status: int = 0) -> str:
        """Wait for a command's end, show it, and return what it printed.

        Raises:
            TourError: Its exit status is another, or it doesn't end.
        """
        try:
            printed, _ = running.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired as error:
            running.kill()
            raise TourError(f"{shlex.join(command)} doesn't end") from error
        self.show([shlex.join(command)], printed)
        ended = f"{shlex.join(command)} ended with status {running.returncode}:\n{printed}"
        check(running.returncode == status, ended)
        return printed

    def run(self, *command: str, status: int = 0) -> str:
        """Run a command to its end; see `finish`."""
        return self.finish(self.start(*command), *command, status=status)

    def write(self, text: str) -> None:
        """Markdown as it is."""
        self._output.write(text)
        self._output.flush()


def check(holds: bool, claim: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise TourError with the claim where it doesn't hold."""
    if not holds:
        raise TourError(claim)


def _found(command: Sequence[str]) -> Sequence[str]:
    """The command with the program that belongs to this Python, where it has one of that name."""
    ours = _PROGRAMS / command[0]
    return [str(ours) if ours.exists() else command[0], *command[1:]]

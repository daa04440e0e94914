"""The daemon as a child of the demo, and what its log says."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from consumer.sandbox.process import ManagedProcess
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for

PROPERTIES = Path(__file__).parents[2] / "properties" / "local.properties"
# Longer than the daemon's own grace, so that it is never killed while it publishes.
_STOP_SECONDS = 75.0


class Daemon:
    """`stream-publisher run`, with its log followed.

    Args:
        environ: Its whole environment.
        folder: Where its log goes.
    """

    def __init__(self, environ: Mapping[str, str], folder: Path) -> None:
        self.process = ManagedProcess(
            _run_command(), folder / "daemon.log", {**environ, "TMPDIR": str(folder)}
        )
        self._read = 0

    def new_lines(self) -> Iterator[Mapping[str, Any]]:
        """Yield the log lines that were written since the last call."""
        with self.process.log.open("rb") as log:
            log.seek(self._read)
            for line in log:
                if not line.endswith(b"\n"):
                    return  # the rest of it is still being written
                self._read += len(line)
                yield _parsed(line)

    def wait_for_event(self, event: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until it has logged an event since its log was last read.

        Raises:
            WaitedInVainError: It takes longer, or the daemon has ended.
        """
        wait_for(
            lambda: any(line["event"] == event for line in self.new_lines()),
            event,
            self.process,
            seconds,
        )

    def errors(self) -> list[str]:
        """The messages of its last ERROR lines, or its last lines where it has none."""
        lines = self.process.tail(200).splitlines()
        errors = [str(line["message"]) for line in map(_parsed, lines) if line["level"] == "ERROR"]
        return errors[-5:] or lines[-5:]

    def stop(self) -> int:
        """End it as an operator does, with SIGTERM; return its exit status."""
        return self.process.stop(_STOP_SECONDS)


def _run_command() -> Sequence[str]:
    run = [sys.executable, "-m", "consumer", "run"]
    return [*run, "--properties", str(PROPERTIES)] if PROPERTIES.exists() else run


def _parsed(line: bytes | str) -> Mapping[str, Any]:
    try:
        return dict(json.loads(line))
    except ValueError:
        return {"level": "ERROR", "event": "", "message": str(line)}

"""What a daemon's log says."""

import json

from consumer.demo.daemon import Daemon
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for


def events(daemon: Daemon, name: str) -> list[dict[str, str]]:
    """The lines of its log with this event."""
    lines = daemon.process.log.read_text().splitlines(keepends=True)
    whole = [json.loads(line) for line in lines if line.endswith("\n")]
    return [line for line in whole if line["event"] == name]


def wait_for_events(
    daemon: Daemon, name: str, count: int = 1, seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait until its log has at least so many lines with this event.

    Raises:
        WaitedInVainError: It takes longer, or the daemon has ended.
    """
    what = f"{name} ({count})" if count > 1 else name
    wait_for(lambda: len(events(daemon, name)) >= count, what, daemon.process, seconds)

"""What a daemon's log says."""

import json

from consumer.demo.daemon import Daemon


def events(daemon: Daemon, name: str) -> list[dict[str, str]]:
    """The lines of its log with this event."""
    lines = daemon.process.log.read_text().splitlines(keepends=True)
    whole = [json.loads(line) for line in lines if line.endswith("\n")]
    return [line for line in whole if line["event"] == name]

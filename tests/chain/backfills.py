"""`stream-publisher backfill` in a world, and what it publishes there."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from consumer.demo.table import TABLE
from consumer.sandbox.process import ManagedProcess
from tests.chain.world import World


@dataclass
class Backfills:
    """Runs `stream-publisher backfill` in a world.

    Attributes:
        world: The world.
        folder: Where output goes.
        processes: Those that were started.
    """

    world: World
    folder: Path
    processes: list[ManagedProcess] = field(default_factory=list)

    def start(self, *arguments: str, **extra: str) -> ManagedProcess:
        """Start one."""
        log = self.folder / f"backfill-{len(self.processes)}.log"
        command = [sys.executable, "-m", "consumer", "backfill", "--yes", *arguments]
        process = ManagedProcess(command, log, self._environ(extra))
        self.processes.append(process)
        return process

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run one to its end."""
        command = [sys.executable, "-m", "consumer", "backfill", "--yes", *arguments]
        return subprocess.run(
            command, env=self._environ(extra), capture_output=True, text=True, check=False
        )

    def kept(self) -> dict[str, Any]:
        """What is kept of the backfill; empty while nothing is."""
        tables, name = self.world.sandbox.client("dynamodb"), self._state
        if name not in tables.list_tables()["TableNames"]:
            return {}
        key = {"key": {"S": f"Backfill/{TABLE}"}}
        return dict(tables.get_item(TableName=name, Key=key, ConsistentRead=True).get("Item", {}))

    def kept_items(self) -> int:
        """How many items are published, as it is kept."""
        return sum(number // 10**20 for number in self.kept_numbers())

    def kept_numbers(self) -> list[int]:
        """The number of the last item of each segment that is published, as it is kept."""
        positions = self.kept().get("positions", {"L": []})["L"]
        return [int(each["M"]["number"]["S"]) for each in positions]

    @property
    def _state(self) -> str:
        return f"{self.world.application}-CoordinatorState"

    def _environ(self, extra: Mapping[str, str]) -> dict[str, str]:
        return {
            **self.world.sandbox.environment(),
            "PUBLISHER_TABLE": TABLE,
            "PUBLISHER_TOPIC_ARN": self.world.topic_arn,
            "KCL_APPLICATION_NAME": self.world.application,
            **extra,
        }


def fill(world: World, count: int) -> set[str]:
    """Write items, each of about 100 bytes; return their ids."""
    tables, names = world.sandbox.client("dynamodb"), [f"item-{n}" for n in range(count)]
    for first in range(0, count, 25):
        puts = [{"PutRequest": {"Item": a_version(name, 1)}} for name in names[first : first + 25]]
        tables.batch_write_item(RequestItems={TABLE: puts})
    return set(names)


def a_version(name: str, version: int) -> dict[str, Any]:
    """An item."""
    return {"id": {"S": name}, "version": {"N": str(version)}, "text": {"S": "x" * 80}}


def arrived(world: World) -> Counter[str]:
    """How often each item has arrived as a snapshot."""
    return Counter(
        str(entry["newImage"]["id"]["S"])
        for received in world.tally.received
        for entry in received.entries
        if entry["eventName"] == "SNAPSHOT"
    )

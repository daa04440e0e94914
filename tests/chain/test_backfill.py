"""A backfill through real servers: killed, interrupted, refused, and beside a worker."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from consumer.demo.table import TABLE
from consumer.sandbox.process import ManagedProcess
from consumer.sandbox.proxy import Answer, Proxy, Request
from tests.chain.world import World, wait_for

pytestmark = pytest.mark.server

ITEMS = 2000
DENIED = {
    "__type": "com.amazon.coral.service#AccessDeniedException",
    "Message": "not authorized to perform: dynamodb:Scan",
}


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
        command = [sys.executable, "-m", "consumer", "backfill", *arguments]
        process = ManagedProcess(command, log, self._environ(extra))
        self.processes.append(process)
        return process

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run one to its end."""
        command = [sys.executable, "-m", "consumer", "backfill", *arguments]
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
        positions = self.kept().get("positions", {"L": []})["L"]
        return sum(int(each["M"]["number"]["S"]) // 10**20 for each in positions)

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


@pytest.fixture
def backfills(world: World, tmp_path: Path) -> Iterator[Backfills]:
    """None yet; what was started is ended with the test."""
    made = Backfills(world, tmp_path)
    yield made
    for process in made.processes:
        process.kill()


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


def test_killed_twice_and_resumed_it_publishes_every_item(
    world: World, backfills: Backfills
) -> None:
    """From where it stood: little is published twice, and what is has the ids that it had."""
    names = fill(world, ITEMS)
    slowly = ("--segments", "3", "--read-units-per-second", "4")
    for number in range(2):
        before = backfills.kept_items()
        process = backfills.start(*slowly, *(["--resume"] if number else []))
        wait_for(lambda at=before: backfills.kept_items() > at + 100)  # type: ignore[misc]
        process.signal(signal.SIGKILL)
        process.kill()
    reached = backfills.kept_items()
    last = backfills.run("--resume", "--json")
    world.receive_until(lambda: set(arrived(world)) >= names)
    while world.receive():
        pass
    bodies = {(m.attributes["firstSequenceNumber"], m.body) for m in world.tally.received}

    assert 200 < reached < ITEMS
    assert last.returncode == 0, last.stderr
    outcome = json.loads(last.stdout)
    assert (outcome["items"], outcome["ended"], outcome["segments"]) == (ITEMS, True, 3)
    assert set(arrived(world)) == names
    assert arrived(world).total() < ITEMS + 600
    assert len(bodies) == len({first for first, _ in bodies})
    assert "holder" not in backfills.kept()


def test_ctrl_c_keeps_what_is_published_and_says_how_to_go_on(
    world: World, backfills: Backfills
) -> None:
    """Nothing comes twice; progress was shown; meanwhile another one is refused."""
    names = fill(world, 500)
    process = backfills.start("--read-units-per-second", "2")
    wait_for(lambda: backfills.kept_items() > 0)
    second = backfills.run("--restart")
    process.signal(signal.SIGINT)
    status, log = process.wait(30), process.log.read_text()
    resumed = backfills.run(
        "--resume", "--read-units-per-second", "1000", PUBLISHER_LOG_LEVEL="ERROR"
    )
    world.receive_until(lambda: set(arrived(world)) >= names)

    assert second.returncode == 2
    assert "is at work on it" in second.stderr.splitlines()[-1]
    assert status == 130
    assert "go on with: stream-publisher backfill --resume" in log
    assert (resumed.returncode, resumed.stderr) == (0, "")
    assert "500 items published" in resumed.stdout
    assert arrived(world) == Counter(names)


def test_one_that_may_not_read_the_table_is_told_so(world: World, backfills: Backfills) -> None:
    """In one line, and nothing is kept."""

    def deny(request: Request) -> Answer | None:
        is_scan = request.operation == "Scan"
        return Answer(400, json.dumps(DENIED).encode()) if is_scan else None

    with Proxy(world.sandbox.tables.url, instead=deny) as proxy:
        done = backfills.run(AWS_ENDPOINT_URL_DYNAMODB=proxy.url)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"publisher.table = '{TABLE}': Scan is not allowed; grant it" in done.stderr
    assert backfills.kept() == {}

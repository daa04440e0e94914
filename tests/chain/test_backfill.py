"""A backfill through real servers: killed, interrupted, refused, and beside a worker."""

import json
import signal
from collections import Counter

import pytest

from consumer.demo.table import TABLE
from consumer.sandbox.proxy import Answer, Proxy, Request
from tests.chain.backfills import Backfills, arrived, fill
from tests.chain.world import World, wait_for

pytestmark = pytest.mark.server

ITEMS = 2000
DENIED = {
    "__type": "com.amazon.coral.service#AccessDeniedException",
    "Message": "not authorized to perform: dynamodb:Scan",
}


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
    """Nothing comes twice."""
    names = fill(world, 500)
    process = backfills.start("--read-units-per-second", "2")
    wait_for(lambda: backfills.kept_items() > 0)
    process.signal(signal.SIGINT)
    status, log = process.wait(30), process.log.read_text()
    resumed = backfills.run(
        "--resume", "--read-units-per-second", "1000", PUBLISHER_LOG_LEVEL="ERROR"
    )
    world.receive_until(lambda: set(arrived(world)) >= names)

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

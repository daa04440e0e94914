"""A backfill through real servers: killed, interrupted, refused, and beside a worker."""

import json
import signal
from collections import Counter

import pytest

from consumer.demo.table import TABLE
from consumer.local.subscription import Received
from consumer.sandbox.proxy import Proxy, Request, Response
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.backfills import Backfills, arrived, fill
from tests.chain.holds import Pages, Saves
from tests.chain.interrupt_tries import try_out
from tests.chain.world import World

pytestmark = pytest.mark.server

ITEMS = 2000
DENIED = {
    "__type": "com.amazon.coral.service#AccessDeniedException",
    "Message": "not authorized to perform: dynamodb:Scan",
}


def is_kept(message: Received, numbers: list[int]) -> bool:
    """Whether all of a message is kept as published, with these numbers of the segments."""
    segment = int(str(message.attributes["shardId"]).rpartition("-")[2])
    return int(str(message.attributes["lastSequenceNumber"])) <= numbers[segment]


def run_and_kill(world: World, backfills: Backfills, *arguments: str) -> list[int]:
    """Kill one when more is published than is kept; return the numbers that are kept."""
    before, pages, saves = backfills.kept_items(), Pages(6), Saves()

    def hold(request: Request) -> None:
        pages(request)
        saves(request)

    with Proxy(world.sandbox.tables.url, hold) as proxy:
        process = backfills.start(*arguments, AWS_ENDPOINT_URL_DYNAMODB=proxy.url)
        wait_for(lambda: backfills.kept_items() > before + 100)
        saves.hold()
        wait_for(saves.holding.is_set)
        kept, seen = backfills.kept_numbers(), len(world.tally.received)
        pages.let(ITEMS)
        assert world.receive_until(
            lambda: not all(is_kept(message, kept) for message in world.tally.received[seen:])
        )
        process.kill()
        saves.drop()
    return kept


def test_killed_twice_and_resumed_it_publishes_every_item(
    world: World, backfills: Backfills
) -> None:
    """From where it stood: what is kept never comes again, and what does has the ids it had."""
    names = fill(world, ITEMS)
    slowly = ("--segments", "3", "--read-units-per-second", "12")
    kept = [run_and_kill(world, backfills, *slowly, *more) for more in ([], ["--resume"])]
    reached = backfills.kept_items()
    last = backfills.run("--resume", "--json")
    world.receive_until(lambda: set(arrived(world)) >= names)
    while world.receive():
        pass
    messages = world.tally.received
    times = Counter(m.attributes["firstSequenceNumber"] for m in messages)
    bodies = {(m.attributes["firstSequenceNumber"], m.body) for m in messages}

    assert 200 < reached < ITEMS
    assert last.returncode == 0, last.stderr
    outcome = json.loads(last.stdout)
    assert (outcome["items"], outcome["ended"], outcome["segments"]) == (ITEMS, True, 3)
    assert set(arrived(world)) == names
    assert times.total() > len(times)
    for message in messages:
        repeats = sum(not is_kept(message, numbers) for numbers in kept)
        assert times[message.attributes["firstSequenceNumber"]] <= 1 + repeats
    assert len(bodies) == len(times)
    assert "holder" not in backfills.kept()


def test_ctrl_c_keeps_what_is_published_and_says_how_to_go_on(
    world: World, backfills: Backfills
) -> None:
    """Nothing comes twice."""
    names, pages = fill(world, 900), Pages(2)
    with Proxy(world.sandbox.tables.url, pages) as proxy:
        slowly = ("--segments", "1", "--read-units-per-second", "1")
        process = backfills.start(*slowly, AWS_ENDPOINT_URL_DYNAMODB=proxy.url)
        wait_for(lambda: backfills.kept_items() > 0)
        process.signal(signal.SIGINT)
        # The page that is being read is waited for; a further one is never let.
        pages.let(1)
        status, log = process.wait(PATIENCE_SECONDS), process.log.read_text()
    resumed = backfills.run(
        "--resume", "--read-units-per-second", "1000", PUBLISHER_LOG_LEVEL="ERROR"
    )
    world.receive_until(lambda: set(arrived(world)) >= names)

    assert status == 130
    assert "go on with: stream-publisher backfill --resume" in log
    assert (resumed.returncode, "goes on after" in resumed.stderr) == (0, True)
    assert "900 items published" in resumed.stdout
    assert arrived(world) == Counter(names)


def test_one_that_may_not_read_the_table_is_told_so(world: World, backfills: Backfills) -> None:
    """In one line, and nothing is kept."""

    def deny(request: Request) -> Response | None:
        is_scan = request.operation == "Scan"
        return Response(400, json.dumps(DENIED).encode()) if is_scan else None

    with Proxy(world.sandbox.tables.url, instead=deny) as proxy:
        done = backfills.run(AWS_ENDPOINT_URL_DYNAMODB=proxy.url)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"publisher.table = '{TABLE}': Scan is not allowed; grant it" in done.stderr
    assert backfills.kept() == {}


def test_ctrl_c_at_the_moment_of_a_save_ends_it_every_time() -> None:
    """With 130: nothing swallows it, nothing hangs. `tests.chain.interrupt_tries` tries more."""
    made = try_out(tries=18, seconds=PATIENCE_SECONDS, seed=1)

    assert set(made.outcomes) == {130}, made.bad_logs

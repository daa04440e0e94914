"""Stopped, killed and taken over in the middle of 2,000 changes: nothing is lost."""

import json
import signal
import time
from collections.abc import Mapping

import pytest

from consumer.demo.daemon import Daemon
from consumer.sandbox.proxy import Answer, Proxy, Request
from tests.chain.processes import record_processors
from tests.chain.world import World, wait_for
from tests.emf import check, values_of

pytestmark = pytest.mark.server

CHANGES = 2_000
SOME = 300


def write_and_receive_some(world: World, settings: Mapping[str, str] | None = None) -> Daemon:
    """Bring a daemon into the middle of its work."""
    world.write(CHANGES)
    daemon = world.start_daemon(settings)
    assert world.receive_until(lambda: world.tally.arrived >= SOME), world.logs()
    assert world.tally.arrived < CHANGES
    return daemon


def events(daemon: Daemon, name: str) -> list[dict[str, str]]:
    """The lines of its log with this event."""
    lines = map(json.loads, daemon.process.log.read_text().splitlines())
    return [line for line in lines if line["event"] == name]


def assert_nothing_lost(world: World, changes: int = CHANGES) -> None:
    """Every change arrived as written, each item's in order."""
    world.receive_everything()
    compared = world.tally.comparison()

    assert (compared.delivered, compared.lost) == (changes, 0)
    assert (compared.foreign, compared.out_of_order) == (0, 0)


def test_a_stop_in_the_middle_loses_and_repeats_nothing(world: World) -> None:
    """SIGTERM publishes what is held, so that the next worker begins right after it."""
    daemon = write_and_receive_some(world)
    assert daemon.stop() == 0
    assert world.leadership() is None
    world.start_daemon()

    assert_nothing_lost(world)
    assert world.tally.comparison().duplicates == 0


def test_a_killed_daemon_loses_nothing(world: World) -> None:
    """Its children end with it; the next one begins at the last checkpoint, and leads at once."""
    daemon = write_and_receive_some(world)
    killed_leadership = world.leadership()
    children = record_processors(daemon)
    daemon.process.signal(signal.SIGKILL)
    wait_for(lambda: not any(child.is_running() for child in children), seconds=10)
    world.start_daemon()

    assert_nothing_lost(world)
    assert killed_leadership is not None
    wait_for(lambda: world.leadership() not in {None, killed_leadership}, seconds=10)


def test_a_killed_record_processor_is_started_again_and_nothing_is_lost(world: World) -> None:
    """The daemon goes on, at the last checkpoint, and says what happened."""
    daemon = write_and_receive_some(world)
    (child,) = record_processors(daemon)
    child.kill()

    assert_nothing_lost(world)
    (failed,) = events(daemon, "child_failed")
    check(failed)
    assert failed["level"] == "ERROR"
    assert values_of(failed, "ShardRestarts") == [1]
    assert len(events(daemon, "processor_started")) == 2
    assert daemon.stop() == 0


def test_a_hung_record_processor_is_killed_and_nothing_is_lost(world: World) -> None:
    """One that neither answers nor logs counts as dead."""
    impatience = {
        "PUBLISHER_CHILD_TIMEOUT_MILLIS": "3000",
        "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "1000",
    }
    daemon = write_and_receive_some(world, impatience)
    (child,) = record_processors(daemon)
    child.send_signal(signal.SIGSTOP)

    assert_nothing_lost(world)
    assert not child.is_running()
    assert events(daemon, "child_hung")
    assert len(events(daemon, "child_failed")) == 1


def test_a_record_processor_that_waits_for_the_topic_is_not_hung(world: World) -> None:
    """Each try is a sign of life, even where the log is too quiet to show it."""
    impatience = {
        "PUBLISHER_CHILD_TIMEOUT_MILLIS": "2000",
        "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "500",
        "PUBLISHER_LOG_LEVEL": "ERROR",
    }
    tried: list[float] = []

    def unavailable(request: Request) -> Answer | None:
        if b"Action=Publish" not in request.body:
            return None
        tried.append(time.monotonic())
        return Answer(503, b"") if time.monotonic() - tried[0] < 8 else None

    world.write(3)
    with Proxy(world.sandbox.topics.url, instead=unavailable) as proxy:
        daemon = world.start_daemon({**impatience, "AWS_ENDPOINT_URL_SNS": proxy.url})
        assert_nothing_lost(world, 3)

    assert tried[-1] - tried[0] > 8
    assert not events(daemon, "child_hung")
    assert daemon.process.tail().count("\n\n") == 0


def test_two_workers_share_the_lease_table(world: World) -> None:
    """They have different names; one holds the shard, and gives it to the other when it stops."""
    first = write_and_receive_some(world)
    world.start_daemon()
    # Leases are given to those that have told that they are there, a second or two after the start.
    wait_for(lambda: len(world.reports()) == 2)
    owner = world.owner()
    assert first.stop() == 0
    heir = world.owner()
    world.write(10)

    assert_nothing_lost(world, CHANGES + 10)
    assert None not in {owner, heir}
    assert owner != heir
    assert world.owner() == heir


def test_a_stop_while_starting_is_quick(world: World) -> None:
    """Nothing is held yet, so nothing is waited for."""
    daemon = world.start_daemon()
    wait_for(lambda: "daemon_starting" in daemon.process.log.read_text())
    before = time.monotonic()

    assert daemon.stop() == 0
    assert time.monotonic() - before < 10

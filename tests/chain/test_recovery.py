"""Stopped, killed and taken over in the middle of 2,000 changes: nothing is lost."""

import signal
import time

import psutil
import pytest

from consumer.demo.daemon import Daemon
from tests.chain.world import World, wait_for

pytestmark = pytest.mark.server

CHANGES = 2_000
SOME = 300


def write_and_receive_some(world: World) -> Daemon:
    """Bring a daemon into the middle of its work."""
    world.write(CHANGES)
    daemon = world.start_daemon()
    assert world.receive_until(lambda: world.tally.arrived >= SOME), world.logs()
    assert world.tally.arrived < CHANGES
    return daemon


def record_processors(daemon: Daemon) -> list[psutil.Process]:
    """The daemon's children."""
    return psutil.Process(daemon.process.pid).children()


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


def test_a_killed_record_processor_ends_the_daemon_and_loses_nothing(world: World) -> None:
    """The daemon doesn't go on without it: it ends within 5 s with status 1, and says why."""
    daemon = write_and_receive_some(world)
    (child,) = record_processors(daemon)
    child.kill()

    assert daemon.process.wait(5) == 1
    assert "child_failed" in daemon.process.tail()
    world.start_daemon()
    assert_nothing_lost(world)


def test_two_workers_share_the_lease_table(world: World) -> None:
    """They have different names; one holds the shard, and gives it to the other when it stops."""
    first = write_and_receive_some(world)
    second = world.start_daemon()
    wait_for(lambda: "daemon_ready" in second.process.log.read_text())
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

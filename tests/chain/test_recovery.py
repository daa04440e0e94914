"""Stopped, killed and taken over in the middle of 2,000 changes: nothing is lost."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator

import psutil
import pytest

from consumer.demo.daemon import Daemon
from consumer.sandbox.proxy import DroppedError, Proxy, Request, Response
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.log_lines import events, wait_for_events
from tests.chain.outage import Outage
from tests.chain.processes import record_processors
from tests.chain.world import World
from tests.emf import check, values_of

pytestmark = pytest.mark.server

CHANGES = 2_000
SOME = 100
# A lease and a leader's lock outlive every patience here: what goes on doesn't wait for their end.
LONG_LEASES = {"KCL_FAILOVER_TIME_MILLIS": "600000"}


@contextlib.contextmanager
def in_the_middle(world: World, **settings: str) -> Iterator[tuple[Daemon, Outage]]:
    """A daemon in the middle of its work, which stands there until the outage of the topic ends."""
    world.write(CHANGES)
    outage = Outage(after=SOME // 10)  # in each of these requests are ten changes or more
    with Proxy(world.sandbox.topics.url, outage) as proxy:
        quickly = {"AWS_ENDPOINT_URL_SNS": proxy.url, "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "1000"}
        daemon = world.start_daemon({**quickly, **settings})
        assert world.receive_until(lambda: world.tally.arrived >= SOME), world.logs()
        assert world.tally.arrived < CHANGES
        yield daemon, outage


def only_processor(daemon: Daemon) -> psutil.Process:
    """The record processor of the only shard."""
    wait_for(lambda: len(record_processors(daemon)) == 1)
    (child,) = record_processors(daemon)
    return child


def assert_nothing_lost(world: World, changes: int = CHANGES) -> None:
    """Every change arrived as written, each item's in order."""
    world.receive_everything()
    compared = world.tally.comparison()

    assert (compared.delivered, compared.lost) == (changes, 0)
    assert (compared.foreign, compared.out_of_order) == (0, 0)


def test_a_stop_in_the_middle_loses_and_repeats_nothing(world: World) -> None:
    """SIGTERM publishes what is held, so that the next worker begins right after it."""
    with in_the_middle(world) as (daemon, outage):
        daemon.process.signal(signal.SIGTERM)
        wait_for_events(daemon, "daemon_stopping")
        outage.end()
        assert daemon.process.wait(PATIENCE_SECONDS) == 0
        assert world.leadership() is None
        world.start_daemon()

    assert_nothing_lost(world)
    assert world.tally.comparison().duplicates == 0


def test_a_killed_daemon_loses_nothing(world: World) -> None:
    """Its children end with it; the next one begins at the last checkpoint, and leads at once."""
    with in_the_middle(world, **LONG_LEASES) as (daemon, _):
        killed_leadership = world.leadership()
        children = record_processors(daemon)
        daemon.process.signal(signal.SIGKILL)
        wait_for(lambda: not any(child.is_running() for child in children))
    world.start_daemon(LONG_LEASES)

    assert_nothing_lost(world)
    assert children
    assert killed_leadership is not None
    wait_for(lambda: world.leadership() not in {None, killed_leadership})


def test_a_killed_record_processor_is_started_again_and_nothing_is_lost(world: World) -> None:
    """The daemon goes on, at the last checkpoint, and says what happened."""
    with in_the_middle(world) as (daemon, outage):
        only_processor(daemon).kill()
        wait_for_events(daemon, "processor_started", 2)
        outage.end()
        assert_nothing_lost(world)
    (failed,) = events(daemon, "child_failed")
    check(failed)
    assert failed["level"] == "ERROR"
    assert values_of(failed, "ShardRestarts") == [1]
    assert len(events(daemon, "processor_started")) == 2
    assert daemon.stop() == 0


def test_a_hung_record_processor_is_killed_and_nothing_is_lost(world: World) -> None:
    """One that neither answers nor logs counts as dead.

    Where the machine stands still for so long, one more does.
    """
    with in_the_middle(world, PUBLISHER_CHILD_TIMEOUT_MILLIS="5000") as (daemon, outage):
        child = only_processor(daemon)
        child.send_signal(signal.SIGSTOP)
        wait_for(lambda: not child.is_running())
        outage.end()
        assert_nothing_lost(world)
    failed = events(daemon, "child_failed")

    assert 1 <= len(failed) <= len(events(daemon, "child_hung"))


def test_a_record_processor_that_waits_for_the_topic_is_not_hung(world: World) -> None:
    """Each try is a sign of life, even where the log is too quiet to show it."""
    impatience = {
        "PUBLISHER_CHILD_TIMEOUT_MILLIS": "8000",
        "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "500",
        "PUBLISHER_LOG_LEVEL": "ERROR",
    }
    tried: list[float] = []

    def unavailable(request: Request) -> Response | None:
        if b"Action=Publish" not in request.body:
            return None
        tried.append(time.monotonic())
        return Response(503, b"") if time.monotonic() - tried[0] < 11 else None

    world.write(3)
    with Proxy(world.sandbox.topics.url, instead=unavailable) as proxy:
        daemon = world.start_daemon({**impatience, "AWS_ENDPOINT_URL_SNS": proxy.url})
        wait_for(lambda: bool(tried))
        child = only_processor(daemon)
        assert_nothing_lost(world, 3)
        assert record_processors(daemon) == [child]

    assert tried[-1] - tried[0] > 11
    assert daemon.process.tail().count("\n\n") == 0


def test_two_workers_share_the_lease_table(world: World) -> None:
    """They have different names; one holds the shard, and gives it to the other when it stops."""
    settled = {
        # No lease is moved for balance meanwhile.
        "KCL_VARIANCE_BALANCING_FREQUENCY": "1000",
        # A worker's report counts for twice as long, and no pause makes it too old to be an heir.
        "KCL_WORKER_METRICS_REPORTER_FREQ_IN_MILLIS": "10000",
    }
    with in_the_middle(world, **settled) as (first, outage):
        world.start_daemon(settled)
        # Leases are given to those that have told that they are there, soon after the start.
        wait_for(lambda: len(world.reports()) == 2)
        owner = world.owner()
        outage.end()
        assert first.stop() == 0
    heir = world.owner()
    world.write(10)

    assert_nothing_lost(world, CHANGES + 10)
    assert None not in {owner, heir}
    assert owner != heir
    assert world.owner() == heir


def test_a_stop_while_starting_is_quick(world: World) -> None:
    """Nothing is held yet, so nothing is waited for: not even DynamoDB's answer."""
    started: list[Daemon] = []
    asked, is_over = threading.Event(), threading.Event()

    def hold(_request: Request) -> None:
        if started and events(started[0], "daemon_starting"):
            asked.set()
            is_over.wait()
            raise DroppedError

    with Proxy(world.sandbox.tables.url, hold) as proxy:
        daemon = world.start_daemon({"AWS_ENDPOINT_URL_DYNAMODB": proxy.url})
        started.append(daemon)
        wait_for(asked.is_set)
        daemon.process.signal(signal.SIGTERM)
        status = daemon.process.wait(PATIENCE_SECONDS)
        is_over.set()
    (stopped,) = events(daemon, "daemon_stopped")

    assert status == 0
    assert stopped["message"] == "Stopped before reading began"

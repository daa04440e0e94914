"""Reading from the latest on: a place in the stream, found once and kept from then on."""

import signal

import pytest

from consumer.demo.daemon import Daemon
from consumer.sandbox.waits import wait_for
from tests.chain.log_lines import wait_for_events
from tests.chain.shards import ShardedWorld, assert_all_arrived_in_order
from tests.streams import faults
from tests.streams.clock import Clock
from tests.streams.permissions import Permissions

pytestmark = pytest.mark.server

ITEMS = [f"item-{number}" for number in range(20)]
SOON_SECONDS = 30.0
# An audit of leases finds shards that nothing leads to: a first one after a minute, then each half.
AUDIT_SECONDS = 100.0


@pytest.fixture
def clock() -> Clock:
    """The stream begins in the past."""
    return Clock(hours_ago=25)


def start(world: ShardedWorld) -> Daemon:
    """A daemon that begins at the latest, under a name that it keeps."""
    return world.start_daemon(
        {"KCL_INITIAL_POSITION_IN_STREAM": "LATEST", "KCL_WORKER_ID": "worker"}
    )


def start_on_a_quiet_stream(world: ShardedWorld, clock: Clock) -> Daemon:
    """A daemon that reads; there are only changes of yesterday, which nobody asks for."""
    world.stream.add(world.items.write("yesterday")[0])
    clock.catch_up()
    requests = world.endpoint.fault = Permissions()
    daemon = start(world)
    wait_for_events(daemon, "processor_started", len(world.stream.open_shards()))
    wait_for(lambda: requests.asked["GetRecords"] >= 2 * len(world.stream.open_shards()))
    return daemon


def kill(daemon: Daemon) -> None:
    """End it at once."""
    daemon.process.signal(signal.SIGKILL)
    daemon.process.wait(10)


def assert_soon_complete(world: ShardedWorld, seconds: float = SOON_SECONDS) -> None:
    """All arrive, and nothing of yesterday."""
    world.receive_until(lambda: world.ledger.is_complete, seconds)

    balance = world.ledger.balance()
    assert (balance.lost, balance.foreign, balance.out_of_order) == (0, 0, 0)


@pytest.mark.parametrize("sharded", [2], indirect=True)
def test_an_iterator_that_expires_before_its_first_record_loses_none(
    sharded: ShardedWorld, clock: Clock
) -> None:
    """Reads fail until the iterator is too old: what was written meanwhile arrives all the same."""
    start_on_a_quiet_stream(sharded, clock)
    sharded.endpoint.fault = faults.only("GetRecords", faults.unavailable)
    sharded.change(ITEMS)
    sharded.stream.expire_iterators()
    sharded.endpoint.fault = faults.none

    assert_soon_complete(sharded)


@pytest.mark.parametrize("sharded", [2], indirect=True)
def test_a_restart_before_the_first_checkpoint_loses_nothing(
    sharded: ShardedWorld, clock: Clock
) -> None:
    """What was written while no worker ran arrives."""
    kill(start_on_a_quiet_stream(sharded, clock))
    sharded.change(ITEMS)
    start(sharded)

    assert_soon_complete(sharded)


@pytest.mark.parametrize("sharded", [2], indirect=True)
def test_no_lease_stays_at_the_latest(sharded: ShardedWorld, clock: Clock) -> None:
    """Once the worker reads, each lease names a place that stays where it is."""
    start_on_a_quiet_stream(sharded, clock)

    assert "LATEST" not in sharded.checkpoints().values()


@pytest.mark.parametrize("sharded", [1], indirect=True)
def test_after_a_stop_of_a_day_all_that_the_stream_still_has_arrives(
    sharded: ShardedWorld, clock: Clock
) -> None:
    """Shards that opened meanwhile are read from their beginning, also behind an expired one."""
    (parent,) = sharded.stream.open_shards()
    daemon = start(sharded)
    wait_for_events(daemon, "processor_started")
    sharded.change(ITEMS)
    sharded.receive_everything()
    kill(daemon)
    child = sharded.stream.roll(parent)
    clock.catch_up()
    sharded.change(ITEMS)
    sharded.stream.roll(child)
    sharded.change(ITEMS)
    sharded.stream.expire()
    start(sharded)

    assert_soon_complete(sharded, AUDIT_SECONDS)


@pytest.mark.parametrize("sharded", [1], indirect=True)
def test_shards_that_open_under_a_worker_are_read_from_their_beginning(
    sharded: ShardedWorld, clock: Clock
) -> None:
    """As it is today."""
    start_on_a_quiet_stream(sharded, clock)
    sharded.change(ITEMS)
    (parent,) = sharded.stream.open_shards()
    sharded.stream.split(parent)
    sharded.change(ITEMS)

    assert_all_arrived_in_order(sharded, 2 * len(ITEMS))

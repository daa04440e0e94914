"""Shards that expired before they were read, and those that follow on them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from consumer.demo.daemon import Daemon
from consumer.sandbox.server import free_port
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.gate import Gate
from tests.chain.health import wait_for_health
from tests.chain.log_lines import events, wait_for_events
from tests.chain.shards import ShardedWorld
from tests.emf import check, values_of
from tests.streams.clock import Clock
from tests.streams.permissions import Permissions

pytestmark = [
    pytest.mark.server,
    pytest.mark.parametrize("sharded", [1], indirect=True),
]

BACKLOG = [f"item-{number % 5}" for number in range(60)]
SOME = [f"item-{number}" for number in range(5)]
# An audit of leases comes every half a minute, and a first one after a minute.
AUDIT_SECONDS = 90.0


@pytest.fixture
def clock() -> Clock:
    """The stream begins yesterday."""
    return Clock(hours_ago=25)


@dataclass
class Lineage:
    """A shard and two that follow on it, one after the other, under a worker that can't publish.

    Attributes:
        parent: The first, most of which is unread.
        child: The second, which waits for it.
        grandchild: The third, which waits for that; it is open.
        daemon: The worker.
        audit: Waits until the worker has compared leases with the stream's shards once more.
    """

    parent: str
    child: str
    grandchild: str
    daemon: Daemon
    audit: Callable[[], None]

    def order_of(self, event: str) -> list[str]:
        """The shards of an event's lines."""
        return [line["shardId"] for line in events(self.daemon, event)]


def expire_under_a_worker(
    world: ShardedWorld, clock: Clock, gate: Gate, **settings: str
) -> Lineage:
    """Let a day pass while SNS is away: parent and child are gone, the grandchild has changes."""
    (parent,) = world.stream.open_shards()
    world.change(BACKLOG)
    child = world.stream.roll(parent)
    world.change(SOME)
    grandchild = world.stream.roll(child)
    requests = world.endpoint.fault = Permissions()
    gate.shut()
    # Small pages, so that most of the parent is not read yet.
    small = {"KCL_MAX_RECORDS": "10", "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "1000"}
    daemon = world.start_daemon({"AWS_ENDPOINT_URL_SNS": gate.url, **small, **settings})
    assert gate.holding.wait(PATIENCE_SECONDS), world.logs()
    wait_for(lambda: set(world.checkpoints()) == {parent, child, grandchild})
    clock.catch_up()
    world.change(SOME)
    world.stream.expire()
    return Lineage(parent, child, grandchild, daemon, partial(_audit, requests))


def _audit(requests: Permissions) -> None:
    """One lists the shards to compare them; what is then done about them lists them again."""
    before = requests.asked["DescribeStream"]
    wait_for(lambda: requests.asked["DescribeStream"] >= before + 2, seconds=AUDIT_SECONDS)


def test_each_expired_shard_is_told_and_order_holds(sharded: ShardedWorld, clock: Clock) -> None:
    """With positions and counted, before what follows; what was read and what is kept arrives."""
    with Gate(sharded.sandbox.topics.url) as gate:
        lineage = expire_under_a_worker(sharded, clock, gate)
        lineage.audit()
        kept = set(sharded.checkpoints())
        gate.open()
        ended = {lineage.parent: "SHARD_END", lineage.child: "SHARD_END"}
        sharded.receive_until(lambda: lineage.grandchild in _shards(sharded), 40)
        while sharded.receive():
            pass

    told = {line["shardId"]: line for line in events(lineage.daemon, "records_expired")}
    assert kept == {lineage.parent, lineage.child, lineage.grandchild}
    assert lineage.order_of("records_expired") == [lineage.parent, lineage.child]
    for line in told.values():
        check(line)
        assert (line["level"], line["before"]) == ("ERROR", "SHARD_END")
        assert values_of(line, "TrimmedGaps") == [1]
    assert told[lineage.child]["after"] == "TRIM_HORIZON"
    last = str(
        sharded.received[sharded.places(lineage.parent)[-1]].attributes["lastSequenceNumber"]
    )
    assert told[lineage.parent]["after"] == last
    balance = sharded.ledger.balance()
    assert balance.out_of_order == 0
    assert max(sharded.places(lineage.parent)) < min(sharded.places(lineage.grandchild))
    assert sharded.places(lineage.child) == []
    assert ended.items() <= sharded.checkpoints().items()


def test_a_shard_that_may_not_be_passed_over_stands_still_with_all_that_follow(
    sharded: ShardedWorld, clock: Clock
) -> None:
    """With onTrimmedData = stop: visibly, in log and health check, and leases stay."""
    port = free_port()
    stop = {"PUBLISHER_ON_TRIMMED_DATA": "stop", "PUBLISHER_HEALTH_PORT": str(port)}
    with Gate(sharded.sandbox.topics.url) as gate:
        lineage = expire_under_a_worker(sharded, clock, gate, **stop)
        gate.open()
        wait_for_events(lineage.daemon, "records_expired", seconds=AUDIT_SECONDS)
        lineage.audit()
        assert not sharded.receive_until(lambda: lineage.grandchild in _shards(sharded), 5)

    assert set(lineage.order_of("records_expired")) == {lineage.parent}
    checkpoints = sharded.checkpoints()
    assert checkpoints[lineage.parent] not in {"SHARD_END", "TRIM_HORIZON"}
    assert checkpoints[lineage.child] == checkpoints[lineage.grandchild] == "TRIM_HORIZON"
    wait_for_health(port, healthy=False, problem=lineage.parent, seconds=30)


def test_a_shard_that_expired_while_nobody_ran_stands_still_too(
    sharded: ShardedWorld, clock: Clock
) -> None:
    """No worker ever saw it, so it had no lease; what follows on it is not read."""
    (parent,) = sharded.stream.open_shards()
    sharded.change(SOME)
    daemon = sharded.start_daemon()
    sharded.receive_everything()
    daemon.process.kill()
    sharded.change(SOME)
    child = sharded.stream.roll(parent)
    sharded.change(SOME)
    grandchild = sharded.stream.roll(child)
    clock.catch_up()
    sharded.change(SOME)
    sharded.stream.expire()

    daemon = sharded.start_daemon({"PUBLISHER_ON_TRIMMED_DATA": "stop"})
    wait_for_events(daemon, "records_expired")

    assert not sharded.receive_until(lambda: grandchild in _shards(sharded), 5)
    assert {line["shardId"] for line in events(daemon, "records_expired")} == {parent}
    checkpoints = sharded.checkpoints()
    assert checkpoints[child] == checkpoints[grandchild] == "TRIM_HORIZON"


def _shards(world: ShardedWorld) -> set[str]:
    return {str(received.attributes["shardId"]) for received in world.received}

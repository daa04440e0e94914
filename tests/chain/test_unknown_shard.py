"""A shard that one node of the service doesn't know yet, and a stream that one doesn't."""

import pytest

from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.gate import Gate
from tests.chain.log_lines import events
from tests.chain.shards import ShardedWorld, assert_all_arrived_in_order
from tests.streams import faults
from tests.streams.clock import Clock

pytestmark = pytest.mark.server

ITEMS = [f"item-{number}" for number in range(20)]
SOON_SECONDS = 40.0


@pytest.fixture
def clock() -> Clock:
    """Leases of shards of this age are cleaned up where the stream doesn't list them."""
    return Clock(hours_ago=7)


@pytest.mark.parametrize("sharded", [2], indirect=True)
@pytest.mark.parametrize("operation", ["GetShardIterator", "GetRecords"])
def test_a_new_shard_that_is_unknown_once_is_asked_for_again(
    sharded: ShardedWorld, clock: Clock, operation: str
) -> None:
    """Only that shard waits; the worker and its other shards go on, and nothing is lost."""
    clock.catch_up()
    parent, _ = sharded.stream.open_shards()
    sharded.change(ITEMS)
    daemon = sharded.start_daemon()
    sharded.receive_everything()
    script = sharded.endpoint.fault = faults.Script()
    script.plan(operation, faults.gone)
    sharded.stream.roll(parent)
    wait_for(lambda: script.is_over, seconds=SOON_SECONDS)
    sharded.change(ITEMS)
    sharded.receive_until(
        lambda: sharded.ledger.is_complete or daemon.process.status is not None, SOON_SECONDS
    )

    assert daemon.process.status is None, daemon.errors()
    assert_all_arrived_in_order(sharded, 2 * len(ITEMS))
    (told,) = events(daemon, "shard_unknown")
    assert told["level"] == "WARN"
    assert events(daemon, "records_expired") == []
    assert "SHARD_END" in sharded.checkpoints().values()


@pytest.mark.parametrize("sharded", [2], indirect=True)
def test_a_stream_that_is_unknown_once_keeps_its_leases(
    sharded: ShardedWorld, clock: Clock
) -> None:
    """An empty answer is no list of shards: what isn't read yet is still read."""
    sharded.change(ITEMS)
    with Gate(sharded.sandbox.topics.url) as gate:
        gate.shut()
        settings = {"AWS_ENDPOINT_URL_SNS": gate.url, "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "1000"}
        daemon = sharded.start_daemon(settings)
        assert gate.holding.wait(PATIENCE_SECONDS), sharded.logs()
        before = sharded.checkpoints()
        clock.catch_up()
        script = sharded.endpoint.fault = faults.Script()
        script.plan("DescribeStream", faults.gone, times=2)
        wait_for(lambda: bool(script.done), seconds=PATIENCE_SECONDS)
        sharded.change(ITEMS)
        sharded.receive_until(lambda: set(before) != set(sharded.checkpoints()), 5)
        after = sharded.checkpoints()
        gate.open()

        assert len(before) == 2
        assert after == before
        assert_all_arrived_in_order(sharded, 2 * len(ITEMS))
    assert [line["operation"] for line in events(daemon, "stream_unreadable")] == ["DescribeStream"]

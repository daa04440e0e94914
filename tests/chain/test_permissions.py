"""A role that loses a permission in mid-run and gets it back."""

import pytest

from consumer.demo.daemon import Daemon
from consumer.sandbox.waits import wait_for
from tests.chain.log_lines import events, wait_for_events
from tests.chain.shards import ShardedWorld, assert_all_arrived_in_order
from tests.streams.permissions import Permissions

pytestmark = [
    pytest.mark.server,
    pytest.mark.parametrize("sharded", [1], indirect=True),
]

ITEMS = [f"item-{number}" for number in range(20)]
# An audit of leases comes every half a minute.
WITHIN_SECONDS = 60.0


def assert_told_plainly(daemon: Daemon, operation: str) -> None:
    """One line says what is denied and which permission is missing; nothing speaks of Kinesis."""
    first, *_ = told = events(daemon, "stream_unreadable")
    assert len(told) <= 2
    assert (first["level"], first["operation"]) == ("ERROR", operation)
    assert first["error"] == "AccessDeniedException"
    assert f"dynamodb:{operation}" in first["message"]
    assert "exception" not in first
    log = daemon.process.log.read_text()
    assert "Received null" not in log
    assert "Exception: " not in log.replace(first["message"], "")


def test_a_stream_that_cant_be_described_is_told_and_recovers(sharded: ShardedWorld) -> None:
    """The true cause in one line and few calls; children are found once it is allowed."""
    (parent,) = sharded.stream.open_shards()
    sharded.change(ITEMS)
    permissions = sharded.endpoint.fault = Permissions()
    daemon = sharded.start_daemon()
    sharded.receive_everything()
    permissions.deny("DescribeStream")
    wait_for(lambda: permissions.refused["DescribeStream"] > 0, seconds=WITHIN_SECONDS)
    wait_for_events(daemon, "stream_unreadable", seconds=10)
    refused = permissions.refused["DescribeStream"]
    permissions.allow_all()
    sharded.stream.roll(parent)
    sharded.change(ITEMS)

    assert_all_arrived_in_order(sharded, 2 * len(ITEMS))
    assert refused <= 10
    assert_told_plainly(daemon, "DescribeStream")
    wait_for_events(daemon, "stream_readable", seconds=WITHIN_SECONDS)
    assert daemon.process.status is None


def test_a_shard_that_ends_while_the_stream_cant_be_described_is_followed(
    sharded: ShardedWorld,
) -> None:
    """Its children are read once the permission is back."""
    (parent,) = sharded.stream.open_shards()
    sharded.change(ITEMS)
    permissions = sharded.endpoint.fault = Permissions()
    daemon = sharded.start_daemon()
    sharded.receive_everything()
    permissions.deny("DescribeStream")
    sharded.stream.split(parent)
    sharded.change(ITEMS)
    wait_for(lambda: permissions.refused["DescribeStream"] > 0, seconds=WITHIN_SECONDS)
    wait_for_events(daemon, "stream_unreadable", seconds=20)
    permissions.allow_all()

    assert_all_arrived_in_order(sharded, 2 * len(ITEMS))
    assert_told_plainly(daemon, "DescribeStream")


@pytest.mark.parametrize("operation", ["GetRecords", "GetShardIterator"])
def test_a_shard_that_cant_be_read_is_told_and_recovers(
    sharded: ShardedWorld, operation: str
) -> None:
    """With the shard's name; it goes on where it stood once it is allowed."""
    (parent,) = sharded.stream.open_shards()
    sharded.change(ITEMS)
    permissions = sharded.endpoint.fault = Permissions()
    daemon = sharded.start_daemon()
    sharded.receive_everything()
    permissions.deny(operation)
    child = sharded.stream.roll(parent)
    sharded.change(ITEMS)
    wait_for_events(daemon, "stream_unreadable", seconds=WITHIN_SECONDS)
    permissions.allow_all()

    assert_all_arrived_in_order(sharded, 2 * len(ITEMS))
    assert_told_plainly(daemon, operation)
    assert events(daemon, "stream_unreadable")[0]["shardId"] in {parent, child}
    assert daemon.process.status is None

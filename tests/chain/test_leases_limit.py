"""The most shards that a worker takes, where shards end and others follow on them."""

import pytest

from consumer.sandbox.waits import wait_for
from tests.chain.log_lines import wait_for_events
from tests.chain.shards import ShardedWorld

pytestmark = pytest.mark.server

ITEMS = [f"item-{number}" for number in range(20)]
SOON_SECONDS = 30.0


@pytest.mark.parametrize("sharded", [2], indirect=True)
def test_children_are_read_where_their_parents_had_every_place(sharded: ShardedWorld) -> None:
    """An ended shard takes no place: a worker with two is given the children of both at once."""
    parents = sharded.stream.open_shards()
    sharded.change(ITEMS)
    daemon = sharded.start_daemon({"KCL_MAX_LEASES_FOR_WORKER": "2"})
    sharded.receive_everything()
    children = [sharded.stream.roll(parent) for parent in parents]
    sharded.change(ITEMS)
    sharded.receive_until(lambda: sharded.ledger.is_complete, SOON_SECONDS)

    owners = {child: sharded.owner_of(child) for child in children}
    assert None not in owners.values(), owners
    assert sharded.ledger.balance().lost == 0
    assert {sharded.checkpoints()[parent] for parent in parents} == {"SHARD_END"}
    assert daemon.process.status is None


@pytest.mark.parametrize("sharded", [3], indirect=True)
def test_a_worker_takes_no_more_open_shards_than_it_may(sharded: ShardedWorld) -> None:
    """The limit holds for what is read: the third shard waits until one of the two has ended."""
    sharded.change(ITEMS)
    daemon = sharded.start_daemon({"KCL_MAX_LEASES_FOR_WORKER": "2"})

    def read() -> set[str]:
        return {shard for shard in sharded.stream.open_shards() if sharded.owner_of(shard)}

    wait_for_events(daemon, "daemon_ready")
    wait_for(lambda: len(read()) == 2)
    assert not sharded.receive_until(lambda: len(read()) > 2, 5)

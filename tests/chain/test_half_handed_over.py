"""A lease whose two workers died while one handed it over to the other."""

import signal

import pytest

from tests.chain.shards import ShardedWorld

pytestmark = pytest.mark.server

ITEMS = [f"item-{number}" for number in range(10)]
SOON_SECONDS = 40.0


@pytest.mark.parametrize("sharded", [1], indirect=True)
@pytest.mark.parametrize("back", ["holder", "heir"])
def test_whoever_comes_back_alone_reads_the_shard(sharded: ShardedWorld, back: str) -> None:
    """Soon, be it the worker that held the lease or the one that was to get it."""
    (shard_id,) = sharded.stream.open_shards()
    sharded.change(ITEMS)
    daemon = sharded.start_daemon({"KCL_WORKER_ID": "holder"})
    sharded.receive_everything()
    # Stopped first, so that it hands nothing over any more.
    daemon.process.signal(signal.SIGSTOP)
    sharded.promise(shard_id, "heir")
    daemon.process.signal(signal.SIGKILL)
    daemon.process.wait(10)
    sharded.change(ITEMS)
    (lease,) = sharded.leases()
    sharded.start_daemon({"KCL_WORKER_ID": back})
    sharded.receive_until(lambda: sharded.ledger.is_complete, SOON_SECONDS)

    assert (lease["checkpointOwner"]["S"], lease["leaseOwner"]["S"]) == ("holder", "heir")
    assert sharded.ledger.balance().lost == 0, sharded.leases()

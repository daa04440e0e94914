"""The fleet's leader is told to stop, and takes its time to publish what it holds."""

import signal

import pytest

from consumer.demo.daemon import Daemon
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.gate import Gate
from tests.chain.log_lines import wait_for_events
from tests.chain.shards import ShardedWorld

pytestmark = pytest.mark.server

ITEMS = [f"item-{number}" for number in range(40)]
SOON_SECONDS = 15.0


def leader(world: ShardedWorld) -> str | None:
    """The worker that holds the leader's lock."""
    found = world.sandbox.client("dynamodb").get_item(
        TableName=f"{world.application}-CoordinatorState", Key={"key": {"S": "Leader"}}
    )
    return str(found["Item"]["ownerName"]["S"]) if "Item" in found else None


def owned_by(world: ShardedWorld, worker: str) -> set[str]:
    """The shards whose lease names a worker, as its owner or as the one to be."""
    leases = world.leases()
    return {lease["leaseKey"]["S"] for lease in leases if lease.get("leaseOwner") == {"S": worker}}


@pytest.mark.parametrize("sharded", [4], indirect=True)
def test_it_leads_no_more_and_takes_nothing(sharded: ShardedWorld) -> None:
    """Another worker leads within seconds and is given what comes: nothing waits for the grace."""
    first, second, shards = "worker-1", "worker-2", sharded.stream.open_shards()
    with Gate(sharded.sandbox.topics.url) as gate:
        stopping = sharded.start_daemon({"AWS_ENDPOINT_URL_SNS": gate.url, "KCL_WORKER_ID": first})
        wait_for_events(stopping, "daemon_ready")
        wait_for(lambda: leader(sharded) == first)
        heir = sharded.start_daemon({"KCL_WORKER_ID": second})
        wait_for_events(heir, "daemon_ready")
        wait_for(lambda: len(owned_by(sharded, first)) == len(shards))
        for shard_id in shards[:2]:
            sharded.promise(shard_id, second)
        # A quiet fleet isn't balanced: only what was promised moves.
        wait_for(lambda: {sharded.owner_of(shard_id) for shard_id in shards[:2]} == {second})
        gate.shut()
        sharded.change(ITEMS)
        assert gate.holding.wait(PATIENCE_SECONDS), sharded.logs()
        stop(stopping)
        held = owned_by(sharded, first)
        wait_for(lambda: leader(sharded) == second, seconds=SOON_SECONDS)
        taken: set[str] = set()
        for parent in owned_by(sharded, second) & set(sharded.stream.open_shards()):
            sharded.stream.split(parent)
        sharded.change(ITEMS)

        def all_read() -> bool:
            taken.update(owned_by(sharded, first) - held)
            others = {s for s in sharded.stream.open_shards() if s not in held}
            return others <= owned_by(sharded, second)

        wait_for(all_read, seconds=SOON_SECONDS)
        assert taken == set()
        gate.open()
        assert stopping.process.wait(PATIENCE_SECONDS) == 0
        sharded.receive_everything()
    assert sharded.ledger.balance().out_of_order == 0


def stop(daemon: Daemon) -> None:
    """Tell it to stop, and wait until it begins to."""
    daemon.process.signal(signal.SIGTERM)
    wait_for_events(daemon, "daemon_stopping")

"""Leases are handed out and stay, whatever a container's or an instance's metadata say."""

import contextlib
import socket
import time
from collections.abc import Iterator, Mapping

import pytest

from consumer.sandbox.waits import wait_for
from tests.chain.log_lines import wait_for_events
from tests.chain.shards import ShardedWorld, assert_all_arrived_in_order

pytestmark = pytest.mark.server

ITEMS = [f"item-{number}" for number in range(20)]
WORKERS = ("worker-0", "worker-1")
SHARDS = 8
SETTLING_SECONDS = 10.0
IDLE_SECONDS = 20.0
MOST_MOVES = 2


@contextlib.contextmanager
def silent_metadata() -> Iterator[Mapping[str, str]]:
    """Give the variables of a metadata endpoint that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        yield {"ECS_CONTAINER_METADATA_URI_V4": url, "ECS_CONTAINER_METADATA_URI": url}


@pytest.mark.parametrize("sharded", [2], indirect=True)
def test_metadata_that_never_answer_keep_no_lease_from_a_worker(sharded: ShardedWorld) -> None:
    """KCL would take the worker for one that has failed, and nobody would read."""
    sharded.change(ITEMS)
    with silent_metadata() as variables:
        daemon = sharded.start_daemon(variables)

        assert_all_arrived_in_order(sharded, len(ITEMS))
    assert "metadata" not in daemon.process.log.read_text()


@pytest.mark.parametrize("sharded", [SHARDS], indirect=True)
def test_workers_without_work_keep_their_leases(sharded: ShardedWorld) -> None:
    """They may move until each worker has its share, and then no more than now and then."""
    daemons = [sharded.start_daemon({"KCL_WORKER_ID": worker}) for worker in WORKERS]
    for daemon in daemons:
        wait_for_events(daemon, "daemon_ready")
    wait_for(lambda: len(sharded.checkpoints()) == SHARDS and all(owners(sharded).values()))
    count_moves(sharded, SETTLING_SECONDS)

    assert count_moves(sharded, IDLE_SECONDS) <= MOST_MOVES


def count_moves(sharded: ShardedWorld, seconds: float) -> int:
    """Watch the leases for some time; count how often one gets another reader."""
    moves, before = 0, owners(sharded)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sharded.receive()  # waits for a second
        after = owners(sharded)
        moves += sum(before[shard] != reader for shard, reader in after.items())
        before = after
    return moves


def owners(sharded: ShardedWorld) -> Mapping[str, str | None]:
    """Each shard's reader."""
    return {shard: sharded.owner_of(shard) for shard in sharded.checkpoints()}

"""What an operator sees of running workers is what there is."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consumer.sandbox.backends import Sandbox
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.gate import Gate
from tests.chain.shards import ShardedWorld, new_sharded_world

pytestmark = pytest.mark.server

ITEMS = [f"item-{number}" for number in range(40)]


@pytest.fixture
def sharded(sandbox: Sandbox, tmp_path: Path) -> Iterator[ShardedWorld]:
    """A stream of three shards."""
    with new_sharded_world(sandbox, tmp_path, 3) as world:
        yield world


def look(world: ShardedWorld) -> dict[str, Any]:
    """What `status --json` prints."""
    done = world.run("status", "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def owners(world: ShardedWorld) -> dict[str, str]:
    """Who holds each lease."""
    return {lease["leaseKey"]["S"]: lease["leaseOwner"]["S"] for lease in world.leases()}


def look_while_none_moves(world: ShardedWorld) -> tuple[dict[str, Any], dict[str, str]]:
    """What `status --json` prints, and who held each lease meanwhile."""
    while True:
        before, seen = owners(world), look(world)
        if owners(world) == before:
            return seen, before


def has_come_up(totals: dict[str, Any]) -> bool:
    """Whether both workers have told of themselves, and nothing is left to do."""
    return (totals["recordsLeft"], totals["workers"]) == (0, 2)


def test_status_agrees_with_the_lease_table_and_with_the_writer(sharded: ShardedWorld) -> None:
    """Two workers and a shard that has ended; nothing left, then what SNS doesn't take.

    And the doctor finds nothing while they run.
    """
    sharded.change(ITEMS)
    sharded.stream.roll(sharded.stream.open_shards()[0])
    sharded.change(ITEMS)
    with Gate(sharded.sandbox.topics.url) as gate:
        for name in ("worker-a", "worker-b"):
            sharded.start_daemon({"AWS_ENDPOINT_URL_SNS": gate.url, "KCL_WORKER_ID": name})
        sharded.receive_everything()
        wait_for(lambda: has_come_up(look(sharded)["totals"]))
        sound = sharded.run("doctor", "--json")
        gate.shut()
        began = time.time()
        written = Counter(sharded.add(*sharded.items.write(item))[0] for item in ITEMS * 3)
        assert gate.holding.wait(PATIENCE_SECONDS), sharded.logs()
        seen, held = look_while_none_moves(sharded)

    assert (sound.returncode, json.loads(sound.stdout)["findings"]) == (0, []), sound.stderr
    shards = {shard["shardId"]: shard for shard in seen["shards"]}
    left = {name: shard["recordsLeft"] for name, shard in shards.items() if shard["recordsLeft"]}
    assert left == written
    assert seen["totals"]["recordsLeft"] == 120
    assert seen["totals"]["workers"] == 2
    assert (seen["totals"]["reading"], seen["totals"]["ended"]) == (3, 1)
    assert {name: shard["checkpoint"] for name, shard in shards.items()} == sharded.checkpoints()
    assert {name: shard["owner"] for name, shard in shards.items()} == held
    # A change's time is in whole seconds.
    longest = time.time() - began + 1
    assert all(0 < shards[name]["lagSeconds"] < longest for name in written)

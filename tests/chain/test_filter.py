"""A filter on the real daemon: who made a change reaches it, and checkpoints pass the rest."""

from dataclasses import replace
from pathlib import Path

import pytest

from consumer.sandbox.backends import Sandbox
from consumer.sandbox.waits import wait_for
from tests.chain.shards import new_sharded_world

pytestmark = pytest.mark.server

BY_TTL = {"principalId": "dynamodb.amazonaws.com", "type": "Service"}
SETTINGS = {
    "PUBLISHER_ENTRY_METADATA": "true",
    "PUBLISHER_FILTER": '{"userIdentity": {"principalId": ["dynamodb.amazonaws.com"]}}',
}


def test_only_deletes_by_ttl_arrive_and_the_checkpoint_passes_the_rest(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Nothing else comes on the shard: its checkpoint moves to what was filtered out last."""
    with new_sharded_world(sandbox, tmp_path, 1) as world:
        world.stream.add(world.items.write("expired")[0])
        world.stream.add(world.items.write("removed")[0])
        world.stream.add(replace(world.items.remove("expired")[0], is_by_ttl=True))
        shard, last = world.stream.add(world.items.remove("removed")[0])
        world.start_daemon(SETTINGS)
        assert world.receive_until(lambda: bool(world.received)), world.logs()
        wait_for(lambda: world.checkpoints()[shard] == last)

    (message,) = world.received
    (entry,) = message.entries
    assert (entry["eventName"], entry["userIdentity"]) == ("REMOVE", BY_TTL)
    assert entry["oldImage"]["id"] == {"S": "expired"}
    assert message.attributes["ttlDeletes"] == "all"

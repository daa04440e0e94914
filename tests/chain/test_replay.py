"""`stream-publisher replay`, on real tables and a simulated stream, beside real workers."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import Proxy
from tests.chain.replaying import Killer, replay, settings, traffic, wait_for_next_second
from tests.chain.shards import ShardedWorld, new_sharded_world
from tests.replay.still_fleet import Clock, Family, StillFleet
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import identify
from tests.streams.stream import SimulatedStream

pytestmark = pytest.mark.server

ITEMS = [f"item-{number}" for number in range(12)]


@pytest.fixture
def sharded(sandbox: Sandbox, tmp_path: Path) -> Iterator[ShardedWorld]:
    """A stream of two shards."""
    with new_sharded_world(sandbox, tmp_path, 2) as world:
        yield world


def arrived(world: ShardedWorld) -> list[tuple[str, int, str]]:
    """Item, version and shard of every change of ITEMS that arrived, in that order."""
    return [
        (*identify(replay_record), str(message.attributes["shardId"]))
        for message in world.received
        for replay_record in message.entries
        if identify(replay_record)[0] in ITEMS
    ]


def are_published(world: ShardedWorld, parent: str, children: list[str]) -> bool:
    """Whether all of it is checkpointed, too."""
    checkpoints = world.checkpoints()
    begun = [checkpoints.get(child, "").isdecimal() for child in children]
    return checkpoints[parent] == "SHARD_END" and all(begun)


def test_the_changes_since_a_moment_come_again_and_none_before(sharded: ShardedWorld) -> None:
    """A shard that has ended is opened again, and those that follow on it wait for it.

    Two workers go on publishing and checkpointing meanwhile, and can't undo it.
    """
    parent, *_ = sharded.stream.open_shards()
    for number in range(2):
        sharded.start_daemon({"KCL_WORKER_ID": f"worker-{number}"})
    sharded.change(ITEMS)
    sharded.receive_everything()
    moment = datetime.fromtimestamp(wait_for_next_second(), UTC).isoformat()
    sharded.change(ITEMS)
    children = sharded.stream.split(parent)
    sharded.change(ITEMS)
    sharded.receive_everything()
    assert sharded.receive_until(lambda: are_published(sharded, parent, children))
    assert sharded.ledger.balance().duplicates == 0
    sharded.received.clear()

    with traffic(sharded):
        command = replay(settings(sharded), "--from", moment, "--yes", "--json")
        assert sharded.receive_until(lambda: bool(arrived(sharded)))
        plan = json.loads(command.communicate()[0])
        wanted = {(item_id, version) for item_id in ITEMS for version in (2, 3)}
        assert sharded.receive_until(lambda: wanted <= {c[:2] for c in arrived(sharded)})
    sharded.receive_everything()

    changes = arrived(sharded)
    assert sorted(change[:2] for change in changes) == sorted(wanted)
    assert plan["again"] >= len(wanted)
    assert {step["shardId"] for step in plan["steps"] if step["waitsForParent"]} == set(children)
    shards = [shard for *_, shard in changes]
    last_of_parent = max(place for place, shard in enumerate(shards) if shard == parent)
    assert all(shards.index(child) > last_of_parent for child in children if child in shards)
    assert sharded.ledger.balance().lost == 0
    assert sharded.receive_until(lambda: are_published(sharded, parent, children))


def test_a_kill_at_any_step_changes_all_or_nothing(sandbox: Sandbox) -> None:
    """Before each request to DynamoDB and after it, until none is left."""
    clock = Clock()
    stream = SimulatedStream("orders", 1, now=clock)
    with StreamsEndpoint(stream) as endpoint:
        fleet = StillFleet(sandbox.client("dynamodb"), stream, endpoint, clock)
        family = Family(fleet)
        before, written = fleet.checkpoints(), set[int]()
        for step, after in itertools.product(range(4), (False, True)):
            killer = Killer(step, after)
            with Proxy(sandbox.tables.url, killer.instead, killer.change) as proxy:
                environ = sandbox.environment() | fleet.settings(
                    AWS_ENDPOINT_URL_DYNAMODB=proxy.url
                )
                killer.watch(replay(environ, "--from", "15m ago", "--yes"))
                assert killer.victim
                assert killer.victim.communicate()[0] is not None
                assert killer.victim.returncode == -9
            if fleet.checkpoints() != before:
                written.add(step)
                assert fleet.checkpoints() == {
                    family.parent: family.old[-1],
                    family.left: "TRIM_HORIZON",
                    family.right: "TRIM_HORIZON",
                }
                assert list(fleet.history()) == ["Replay-000001"]
                break
            assert fleet.history() == {}

    assert written == {2}

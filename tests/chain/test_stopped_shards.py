"""A shard that makes no progress is seen, with the reason, from any machine."""

import json
import uuid
from typing import Any

import pytest

from consumer.sandbox.server import free_port
from consumer.sandbox.waits import wait_for
from tests.chain.health import wait_for_health
from tests.chain.shards import ShardedWorld

pytestmark = [pytest.mark.server, pytest.mark.parametrize("sharded", [2], indirect=True)]


def shards(world: ShardedWorld) -> dict[str, Any]:
    """Each shard, as `status --json` has it, by its id."""
    done = world.run("status", "--json")
    assert done.returncode == 0, done.stderr
    return {shard["shardId"]: shard for shard in json.loads(done.stdout)["shards"]}


def states(world: ShardedWorld) -> list[str]:
    """The states of the shards."""
    return sorted(shard["state"] for shard in shards(world).values())


def findings(world: ShardedWorld) -> list[str]:
    """What the doctor finds of shards that make no progress."""
    done = world.run("doctor", "--elsewhere", "--json")
    found = json.loads(done.stdout)["findings"]
    return [f"{each['wrong']}; {each['fix']}" for each in found if "progress" in each["check"]]


def rows(world: ShardedWorld) -> list[Any]:
    """The rows that tell of such shards; none before the first worker has made their table."""
    tables = world.sandbox.client("dynamodb")
    try:
        found = tables.scan(TableName=f"{world.application}-CoordinatorState")["Items"]
    except tables.exceptions.ResourceNotFoundException:
        return []
    return [row for row in found if row["key"]["S"].startswith("Stopped/")]


def test_a_deleted_topic_is_seen_until_it_is_back(sharded: ShardedWorld) -> None:
    """In status, doctor and health; and nothing is said of it before and after."""
    port, item = free_port(), "item-1"
    sharded.start_daemon(
        {"PUBLISHER_HEALTH_PORT": str(port), "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "1000"}
    )
    sharded.change([item])
    sharded.receive_everything()
    assert states(sharded) == ["reading", "reading"]
    wait_for_health(port, healthy=True, problem="None")
    sharded.sandbox.client("sns").delete_topic(TopicArn=sharded.topic_arn)
    sharded.change([item])
    wait_for(lambda: len(rows(sharded)) == 1)
    stopped = shards(sharded)[sharded.shard_of(item)]
    error = stopped["lastError"]
    (finding,) = findings(sharded)
    wait_for_health(port, healthy=True, problem=f"topic {sharded.topic_arn}: doesn't exist")

    assert stopped["state"] == "stopped"
    assert error["reason"].startswith(f"topic {sharded.topic_arn}: doesn't exist")
    assert (error["before"], error["fix"]) == (None, "create it or correct the name")
    assert "doesn't exist" in finding
    assert finding.endswith("create it or correct the name")

    sharded.sandbox.client("sns").create_topic(Name=sharded.topic_arn.rpartition(":")[2])
    wait_for(lambda: rows(sharded) == [])
    wait_for_health(port, healthy=True, problem="None")
    assert states(sharded) == ["reading", "reading"]
    assert findings(sharded) == []


def test_a_record_that_cant_be_published_is_seen_until_it_is_passed(sharded: ShardedWorld) -> None:
    """Then its row says nothing any more, even if another worker has left it."""
    port, item = free_port(), "item-1"
    worker = sharded.start_daemon({"PUBLISHER_HEALTH_PORT": str(port)})
    poisoned, number = sharded.poison(item)
    wait_for(lambda: [row.get("before") for row in rows(sharded)] == [{"S": number}])
    assert states(sharded) == ["reading", "stopped"]
    wait_for_health(port, healthy=True, problem=f"{poisoned}: stopped before {number}: ")
    (finding,) = findings(sharded)

    assert finding.startswith(f"stopped before …{number[-6:]}: ")
    assert "publisher.onPoison = dead-letter" in finding

    assert worker.stop() == 0
    queues = sharded.sandbox.client("sqs")
    queue_url = queues.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
    sharded.start_daemon(
        {"PUBLISHER_ON_POISON": "dead-letter", "PUBLISHER_DEAD_LETTER_QUEUE_URL": queue_url}
    )
    wait_for(lambda: sharded.checkpoints()[poisoned] == number)
    assert states(sharded) == ["reading", "reading"]
    assert shards(sharded)[poisoned]["lastError"] is None

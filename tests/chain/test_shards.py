"""Many shards, splits, and a stream that fails: what no emulator does, on the daemon."""

import json

import pytest

from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.gate import Gate
from tests.chain.shards import ShardedWorld, assert_all_arrived_in_order
from tests.streams import faults
from tests.streams.items import Items
from tests.streams.table import SimulatedTable

pytestmark = pytest.mark.server

ITEMS = [f"item-{number}" for number in range(40)]


def test_splits_lose_nothing_and_keep_each_items_order(sharded: ShardedWorld) -> None:
    """A split before the daemon starts, two while it reads, the last one of a child."""
    first, second, *_ = sharded.stream.open_shards()
    sharded.change(ITEMS)
    families = {first: sharded.stream.split(first)}
    sharded.change(ITEMS)
    daemon = sharded.start_daemon()
    assert sharded.receive_until(lambda: len(sharded.places(second)) > 0), sharded.logs()
    families[second] = sharded.stream.split(second)
    sharded.change(ITEMS)
    grandchild = families[first][0]
    families[grandchild] = [sharded.stream.roll(grandchild)]
    sharded.change(ITEMS)
    sharded.change(ITEMS)

    assert_all_arrived_in_order(sharded, 200)
    assert sharded.ledger.balance().duplicates == 0
    for parent, children in families.items():
        for child in children:
            assert max(sharded.places(parent)) < min(sharded.places(child))
    assert {sharded.checkpoints()[parent] for parent in families} == {"SHARD_END"}
    assert daemon.process.status is None


@pytest.mark.parametrize("sharded", [1], indirect=True)
def test_a_lease_whose_shard_waits_for_its_parent_can_be_balanced(sharded: ShardedWorld) -> None:
    """KCL alone ends such a shard on its worker and never hands the lease over."""
    workers = {"worker-0", "worker-1"}
    (parent,) = sharded.stream.open_shards()
    sharded.change(ITEMS)
    waiting, _ = sharded.stream.split(parent)
    sharded.change(ITEMS)
    with Gate(sharded.sandbox.topics.url) as gate:
        gate.shut()
        for worker in workers:
            sharded.start_daemon(
                {
                    "AWS_ENDPOINT_URL_SNS": gate.url,
                    "KCL_WORKER_ID": worker,
                    # KCL takes the lease away after this time, where the shard still waits.
                    "KCL_GRACEFUL_LEASE_HANDOFF_TIMEOUT_MILLIS": "3600000",
                }
            )
        assert gate.holding.wait(PATIENCE_SECONDS), sharded.logs()
        wait_for(lambda: sharded.owner_of(waiting) is not None)
        (heir,) = workers - {sharded.owner_of(waiting)}
        sharded.promise(waiting, heir)
        wait_for(lambda: sharded.owner_of(waiting) == heir)
        gate.open()

        assert_all_arrived_in_order(sharded, 80)


@pytest.mark.parametrize("sharded", [2], indirect=True)
def test_a_stream_that_fails_in_every_way_loses_nothing(sharded: ShardedWorld) -> None:
    """Throttled, failed, dropped, slow, empty and expired: the daemon stays up and gets it all."""
    sharded.change(ITEMS)
    daemon = sharded.start_daemon()
    assert sharded.receive_until(lambda: sharded.ledger.is_complete), sharded.logs()
    script = faults.Script()
    for fault in (
        *(faults.throttled, faults.limited, faults.throttled_by_front, faults.internal_error),
        *(faults.unavailable, faults.dropped, faults.slow(0.2)),
    ):
        script.plan("GetRecords", fault, times=2)
    for fault in (faults.throttled_by_front, faults.internal_error, faults.dropped):
        script.plan("GetShardIterator", fault)
    sharded.endpoint.fault = script
    sharded.stream.empty_pages(3)
    sharded.change(ITEMS)
    sharded.stream.expire_iterators()
    sharded.change(ITEMS)
    wait_for(lambda: script.is_over)
    sharded.stream.expire_iterators()
    sharded.change(ITEMS)

    assert_all_arrived_in_order(sharded, 160)
    assert sum(script.done.values()) == 17
    assert daemon.process.status is None


@pytest.mark.parametrize("sharded", [1], indirect=True)
def test_children_are_found_while_the_stream_is_hard_to_describe(sharded: ShardedWorld) -> None:
    """The adapter alone goes on without them; the parent's lease names those that were found."""
    (parent,) = sharded.stream.open_shards()
    sharded.change(ITEMS)
    sharded.start_daemon()
    assert sharded.receive_until(lambda: sharded.ledger.is_complete), sharded.logs()
    script = faults.Script()
    for fault in (faults.internal_error, faults.dropped):
        script.plan("DescribeStream", fault, times=4)  # as often as the SDK tries a call
    sharded.endpoint.fault = script
    children = sharded.stream.split(parent)
    sharded.change(ITEMS)

    assert_all_arrived_in_order(sharded, 80)
    assert script.is_over
    assert sharded.children_of(parent) == set(children)


@pytest.mark.parametrize("sharded", [1], indirect=True)
def test_the_largest_records_pass(sharded: ShardedWorld) -> None:
    """Messages right at the topic's limit arrive; a record beyond it comes to be a dead letter."""
    queue_url = sharded.sandbox.client("sqs").create_queue(
        QueueName=f"letters-{sharded.application}"
    )["QueueUrl"]
    sharded.items = Items("x" * 130_500)
    sharded.change(["large"] * 6)
    whale = Items("ç" * 204_000)  # 408 kB an image, twice: as much as DynamoDB allows
    whale.write("whale")
    _, number = sharded.stream.add(whale.write("whale")[0])
    sharded.change(["large"] * 3)
    sharded.start_daemon(
        {"PUBLISHER_ON_POISON": "dead-letter", "PUBLISHER_DEAD_LETTER_QUEUE_URL": queue_url}
    )

    assert_all_arrived_in_order(sharded, 9)
    assert max(len(received.body) for received in sharded.received) > 260_000
    sqs = sharded.sandbox.client("sqs")
    (letter,) = sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=5)["Messages"]
    assert json.loads(letter["Body"])["sequenceNumber"] == number


@pytest.mark.parametrize("sharded", [1], indirect=True)
def test_records_trimmed_under_a_reader_are_said_to_have_expired(sharded: ShardedWorld) -> None:
    """Only they are missing: reading goes on at the oldest kept, by itself."""
    sharded.change(ITEMS[:3])
    daemon = sharded.start_daemon()
    sharded.receive_everything()
    outage = faults.Script()
    outage.plan("GetRecords", faults.unavailable, times=1000)
    sharded.endpoint.fault = outage
    wait_for(lambda: bool(outage.done))
    *_, (shard_id, last_trimmed), _, _ = [sharded.add(*sharded.items.write("b")) for _ in range(5)]
    sharded.stream.trim(shard_id, last_trimmed)
    sharded.endpoint.fault = faults.none
    arrived = sharded.receive_until(lambda: sharded.ledger.balance().lost == 3)
    lines = map(json.loads, daemon.process.log.read_text().splitlines())
    said = [line["message"] for line in lines if line["event"] == "records_expired"]

    assert arrived, sharded.logs()
    assert sharded.ledger.some_lost() == [("b", 1), ("b", 2), ("b", 3)]
    assert [message for message in said if shard_id in message]
    assert daemon.process.status is None


def test_poison_in_one_shard_holds_up_no_other(sharded: ShardedWorld) -> None:
    """The others go on while that one is tried again and again, at the same place."""
    healthy = [item for item in ITEMS if sharded.shard_of(item) != sharded.shard_of(ITEMS[0])]
    sick = [item for item in ITEMS if item not in healthy]
    sharded.change(ITEMS)
    daemon = sharded.start_daemon()
    sharded.receive_everything()
    poisoned, place = sharded.poison(sick[0])
    sharded.change(sick)
    wait_for(lambda: daemon.process.log.read_text().count('"child_failed"') >= 3)
    sharded.change(healthy)
    arrived = sharded.receive_until(lambda: sharded.ledger.balance().lost == len(sick))

    assert arrived, sharded.logs()
    assert int(sharded.checkpoints()[poisoned]) < int(place)
    assert {item for item, _ in sharded.ledger.some_lost()} <= set(sick)
    assert sharded.ledger.balance().out_of_order == 0
    assert daemon.process.status is None


@pytest.mark.parametrize("sharded", [1], indirect=True)
def test_a_lease_table_of_another_stream_is_refused(sharded: ShardedWorld) -> None:
    """Its shards aren't in this stream; to take them for finished would pass over their records."""
    sharded.change(ITEMS[:3])
    daemon = sharded.start_daemon()
    sharded.receive_everything()
    assert daemon.stop() == 0
    before = sharded.leases()
    table = SimulatedTable(sharded.stream, sharded.endpoint)
    table.disable_stream()
    again = sharded.start_daemon({"PUBLISHER_STREAM_ARN": table.enable_stream().arn})

    assert again.process.wait(PATIENCE_SECONDS) == 2
    (line,) = again.errors()
    assert f"its lease table {sharded.application} has leases of another stream" in line
    assert sharded.leases() == before

"""The stand-in for SNS in its own process, spoken to by boto3."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.helper import Helper
from benchmarks.sides.batches import message
from consumer.sandbox.server import SandboxError
from tests.streams.clients import bare_client
from tests.streams.items import Items
from tests.streams.records import Change

pytestmark = pytest.mark.server

TOPIC = "arn:aws:sns:eu-west-1:000000000000:changes"


@pytest.fixture
def topic(tmp_path: Path) -> Iterator[Helper]:
    """A stand-in that answers after 20 ms."""
    with Helper("topic", tmp_path) as helper:
        helper.ask("begin", millis=20)
        yield helper


def a_document(number: int, change: Change) -> dict[str, object]:
    """A change as the stream gives it."""
    images = {"NewImage": change.new_image, "OldImage": change.old_image}
    return {"eventName": change.event_name, "dynamodb": {"SequenceNumber": str(number), **images}}


def test_what_is_published_is_counted_and_read_back_in_order(topic: Helper) -> None:
    """A publish of three changes, and a batch of two messages of one."""
    items = Items()
    changes = [items.write(f"item-{number % 2}") for number in range(5)]
    documents = [a_document(number, change) for number, (change, _) in enumerate(changes, 1)]
    client = bare_client("sns", topic.ask("place"))

    client.publish(TopicArn=TOPIC, **message("orders", "shard", documents[:3]))
    entries = [
        {"Id": str(number), **message("orders", "shard", [document])}
        for number, document in enumerate(documents[3:])
    ]
    client.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries)
    figures = topic.ask("wait_for", records=5, seconds=60)
    client.close()

    assert (figures["calls"], figures["messages"], figures["records"]) == (2, 3, 5)
    assert figures["seconds"] >= 0.04
    arrived = [tuple(change[:2]) for change in topic.ask("arrived")]
    assert arrived == [(change.keys["id"]["S"], version) for change, version in changes]


def test_a_call_that_fails_over_there_says_why(topic: Helper) -> None:
    """With the end of the other process's log."""
    with pytest.raises(SandboxError, match="has no attribute 'nothing'"):
        topic.ask("nothing")


def test_a_stream_is_written_at_once_and_read_by_boto3(tmp_path: Path) -> None:
    """Each change of 200 bytes, none of an item that another is of."""
    with Helper("streams", tmp_path) as streams:
        place = streams.ask("open", table="orders", shards=1)
        written = streams.ask("write", table="orders", count=50)
        client = bare_client("dynamodbstreams", place["url"])
        shards = client.describe_stream(StreamArn=place["arn"])["StreamDescription"]["Shards"]
        iterator = client.get_shard_iterator(
            StreamArn=place["arn"],
            ShardId=shards[0]["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        records = client.get_records(ShardIterator=iterator)["Records"]
        client.close()

    changes = [record["dynamodb"] for record in records]
    assert [change["Keys"]["id"]["S"] for change in changes] == [item_id for item_id, *_ in written]
    assert len({item_id for item_id, *_ in written}) == 50
    assert {change["SizeBytes"] for change in changes} == {200}

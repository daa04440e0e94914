"""Changes of every size through the whole chain, read back as any subscriber would read them."""

import json
import re
import subprocess
import sys
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from consumer.demo.changes import Change
from consumer.demo.table import write_changes
from consumer.sandbox.backends import REGION, Sandbox
from consumer.sandbox.proxy import Proxy, Request, Response
from tests.chain.world import World
from tests.places import ROOT

pytestmark = pytest.mark.server

# DynamoDB takes items of 409,600 bytes, names included.
LARGEST_TEXT = 409_000
TOPIC_LIMITS = (262_144, 1_048_576)
TOO_LONG = b"""<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code>
<Message>Invalid parameter: Message too long</Message></Error></ErrorResponse>"""
_BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "messages.md").read_text(), re.DOTALL)


def an_item(number: int, version: int, text: str) -> dict[str, Any]:
    """An item with so much text in it."""
    return {"id": {"S": f"order-{number}"}, "version": {"N": str(version)}, "text": {"S": text}}


def changes() -> Iterator[Change]:
    """Small ones, the largest that DynamoDB takes with both images, and text of many bytes."""
    versions = iter(range(1000))
    texts = {1: "small", 2: "x" * LARGEST_TEXT, 3: "ç€🎉" * 15_000, 4: "small", 5: "ç" * 60_000}
    images = {number: an_item(number, next(versions), text) for number, text in texts.items()}
    for number, image in images.items():
        yield Change("INSERT", f"order-{number}", image, None)
    for number, image in images.items():
        text = image["text"]["S"].replace("x", "y")
        new = an_item(number, next(versions), text)
        yield Change("MODIFY", f"order-{number}", new, image)
        yield Change("REMOVE", f"order-{number}", None, new)


def read_with_the_extended_client(sandbox: Sandbox, queue_url: str) -> list[Any]:
    """What the subscriber of docs/messages.md gets, as it stands there, in a process of its own."""
    (block,) = _BLOCKS
    program = f"{block}\nfor body in receive({queue_url!r}):\n    print(body)\n"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=sandbox.environment() | {"AWS_DEFAULT_REGION": REGION, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_item(entries: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Each item's entries in their order; messages of different items may overtake one another."""
    items = defaultdict(list)
    for entry in entries:
        items[(entry["newImage"] or entry["oldImage"])["id"]["S"]].append(entry)
    return items


def raw_queue(world: World) -> str:
    """A queue with raw delivery, as the extended client needs it."""
    sqs, sns = world.sandbox.client("sqs"), world.sandbox.client("sns")
    name = f"raw-{uuid.uuid4().hex[:8]}"
    url = str(sqs.create_queue(QueueName=name)["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    sns.subscribe(
        TopicArn=world.topic_arn,
        Protocol="sqs",
        Endpoint=arn["Attributes"]["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    return url


class Limit:
    """A topic's MaximumMessageSize, for the hooks of a Proxy: moto neither keeps nor enforces it.

    Attributes:
        most: The most bytes of a message, or of the messages of a PublishBatch.
        refused: How many requests were refused for it.
    """

    def __init__(self, most: int) -> None:
        self.most, self.refused = most, 0

    def tell(self, request: Request, body: bytes) -> bytes:
        """Add the limit to the topic's attributes."""
        if b"Action=GetTopicAttributes" not in request.body:
            return body
        entry = f"<entry><key>MaximumMessageSize</key><value>{self.most}</value></entry>"
        return body.replace(b"<Attributes>", b"<Attributes>" + entry.encode())

    def enforce(self, request: Request) -> Response | None:
        """Refuse what is larger; the bodies of this test are letters of one byte."""
        if b"Action=Publish" not in request.body or request.body.count(b"x") <= self.most:
            return None
        self.refused += 1
        return Response(400, TOO_LONG)


def a_bucket(world: World) -> str:
    """A new bucket for bodies."""
    bucket = f"large-{uuid.uuid4().hex[:8]}"
    world.sandbox.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return bucket


@pytest.mark.parametrize("limit", TOPIC_LIMITS)
def test_changes_of_every_size_arrive_in_order(world: World, limit: int) -> None:
    """Whole, for a subscriber of our own and for one that uses the public library."""
    bucket = a_bucket(world)
    files = world.sandbox.client("s3")
    queue_url = raw_queue(world)
    written = list(changes())
    write_changes(world.sandbox.client("dynamodb"), written, lambda c: world.tally.write(c, 0))
    with Proxy(world.sandbox.topics.url, change=Limit(limit).tell) as topics:
        settings = {"AWS_ENDPOINT_URL_SNS": topics.url, "PUBLISHER_CLAIM_CHECK_BUCKET": bucket}
        daemon = world.start_daemon(settings)
        world.receive_everything()
        assert daemon.stop() == 0
    read = read_with_the_extended_client(world.sandbox, queue_url)
    sizes = [len(received.body.encode()) for received in world.tally.received]
    kept = files.list_objects_v2(Bucket=bucket).get("KeyCount", 0)

    entries = [entry for body in read for entry in body]
    assert by_item(entries) == by_item(change.to_entry() for change in written)
    assert world.tally.comparison().is_faithful
    assert world.tally.comparison().duplicates == 0
    assert max(sizes) > 2 * LARGEST_TEXT
    assert [kept > 0, kept] == [limit == TOPIC_LIMITS[0], sum(size > limit for size in sizes)]


def test_a_limit_that_falls_under_a_worker_makes_no_dead_letter(world: World) -> None:
    """What is refused by then is fitted to the new limit: in smaller messages, or by the bucket."""
    bucket, limit = a_bucket(world), Limit(262_144)
    images = [an_item(number, number, "x" * 60_000) for number in range(21)]
    written = [
        Change("INSERT", f"order-{number}", image, None) for number, image in enumerate(images)
    ]
    tables = world.sandbox.client("dynamodb")
    with Proxy(world.sandbox.topics.url, change=limit.tell, instead=limit.enforce) as topics:
        settings = {"AWS_ENDPOINT_URL_SNS": topics.url, "PUBLISHER_CLAIM_CHECK_BUCKET": bucket}
        daemon = world.start_daemon(settings)
        write_changes(tables, written[:1], lambda c: world.tally.write(c, 0))
        world.receive_everything()
        limit.most = 50_000
        write_changes(tables, written[1:], lambda c: world.tally.write(c, 0))
        world.receive_everything()
        assert daemon.stop() == 0
    kept = world.sandbox.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"]

    assert limit.refused > 0
    assert kept == 20
    assert world.tally.comparison().is_faithful
    assert "record_refused" not in world.logs()

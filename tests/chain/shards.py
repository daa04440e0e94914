"""A world whose table is simulated: many shards, which split and fail when a test says so."""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from consumer.sandbox.backends import Sandbox
from tests.chain.world import World
from tests.schemas.validation import CheckedSubscription
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import Items, identify, poison
from tests.streams.ledger import Ledger
from tests.streams.records import Change
from tests.streams.stream import SimulatedStream

if TYPE_CHECKING:
    from consumer.local.subscription import Received


class ShardedWorld(World):
    """A simulated stream with its own lease table, topic and subscriber.

    Args:
        sandbox: The servers of lease table and topic.
        subscription: The topic's subscriber.
        topic_arn: The topic.
        folder: Where daemons' logs go.
        endpoint: Where the stream is served.
        stream: The stream.
    """

    def __init__(  # noqa: PLR0913 - a world has many parts
        self,
        sandbox: Sandbox,
        subscription: CheckedSubscription,
        topic_arn: str,
        folder: Path,
        *,
        endpoint: StreamsEndpoint,
        stream: SimulatedStream,
    ) -> None:
        super().__init__(sandbox, subscription, topic_arn, folder)
        self.endpoint, self.stream = endpoint, stream
        self.items, self.ledger = Items(), Ledger()
        self.received: list[Received] = []

    def environment(self) -> dict[str, str]:
        """The environment of this world's daemons and of commands about them."""
        return super().environment() | {
            "PUBLISHER_TABLE": self.stream.table,
            "PUBLISHER_STREAM_ARN": self.stream.arn,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": self.endpoint.url,
        }

    def change(self, item_ids: Sequence[str]) -> None:
        """Insert or modify each item."""
        for item_id in item_ids:
            self.add(*self.items.write(item_id))

    def add(self, change: Change, version: int) -> tuple[str, str]:
        """Write a change; return its shard and sequence number."""
        self.ledger.write(change.keys["id"]["S"], version)
        return self.stream.add(change)

    def poison(self, item_id: str) -> tuple[str, str]:
        """Write what is no change into an item's shard; return the shard and the place in it."""
        return self.stream.add(poison(item_id))

    def shard_of(self, item_id: str) -> str:
        """The open shard that takes an item's changes."""
        return self.stream.shard_of({"id": {"S": item_id}})

    def receive(self) -> int:
        """Receive what is there, waiting a second for it; return how many messages."""
        received = self._subscription.receive()
        self.received.extend(received)
        for message in received:
            for entry in message.entries:
                self.ledger.receive(*identify(entry))
        return len(received)

    def receive_everything(self) -> None:
        """Receive until every written change has arrived, and then what is still under way."""
        assert self.receive_until(lambda: self.ledger.is_complete), self.logs()
        while self.receive():
            pass

    def places(self, shard_id: str) -> list[int]:
        """Where a shard's messages stand among all that arrived."""
        shards = [received.attributes["shardId"] for received in self.received]
        return [place for place, shard in enumerate(shards) if shard == shard_id]

    def checkpoints(self) -> Mapping[str, str]:
        """Each shard's checkpoint, by the shard's id."""
        return {lease["leaseKey"]["S"]: lease["checkpoint"]["S"] for lease in self.leases()}

    def children_of(self, shard_id: str) -> set[str]:
        """The children that a shard was found to have as it ended."""
        (lease,) = (each for each in self.leases() if each["leaseKey"]["S"] == shard_id)
        return set(lease.get("childShardIds", {"SS": []})["SS"])

    def owner_of(self, shard_id: str) -> str | None:
        """The worker that reads a shard, or waits for its parent."""
        leases = {lease["leaseKey"]["S"]: lease for lease in self.leases()}
        lease = leases.get(shard_id, {})
        owner = lease.get("checkpointOwner", lease.get("leaseOwner"))
        return str(owner["S"]) if owner else None

    def promise(self, shard_id: str, heir: str) -> None:
        """Ask a shard's owner to hand its lease over, as KCL's balancing does.

        KCL may have come first, where one worker was ready well before the other.
        """
        tables = self.sandbox.client("dynamodb")
        with contextlib.suppress(tables.exceptions.ConditionalCheckFailedException):
            tables.update_item(
                TableName=self.application,
                Key={"leaseKey": {"S": shard_id}},
                UpdateExpression="SET checkpointOwner = leaseOwner, leaseOwner = :heir",
                ConditionExpression="attribute_not_exists(checkpointOwner) AND leaseOwner <> :heir",
                ExpressionAttributeValues={":heir": {"S": heir}},
            )


def assert_all_arrived_in_order(world: ShardedWorld, written: int) -> None:
    """Nothing lost, foreign, or overtaken by a later change of its item."""
    world.receive_everything()
    balance = world.ledger.balance()

    assert (balance.written, balance.delivered, balance.lost) == (written, written, 0)
    assert (balance.out_of_order, balance.foreign) == (0, 0)


@contextlib.contextmanager
def new_sharded_world(
    sandbox: Sandbox, folder: Path, shards: int, now: Callable[[], float] = time.time
) -> Iterator[ShardedWorld]:
    """A world with a stream of its own, which has its own time, on shared servers."""
    sns, sqs = (sandbox.client(name) for name in ("sns", "sqs"))
    stream = SimulatedStream("orders", shards, now=now)
    topic_arn = sns.create_topic(Name=f"changes-{uuid.uuid4().hex[:8]}")["TopicArn"]
    with (
        StreamsEndpoint(stream) as endpoint,
        CheckedSubscription(topic_arn, sns, sqs) as subscription,
    ):
        world = ShardedWorld(
            sandbox, subscription, topic_arn, folder, endpoint=endpoint, stream=stream
        )
        try:
            yield world
        finally:
            world.close()

"""A simulated stream and its leases, on ministack or moto, and no worker."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

from consumer.fleet.table_names import TableNames
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import Items
from tests.streams.stream import SimulatedStream


class Clock:
    """The stream's clock: an hour ago at first, then what a test says."""

    def __init__(self) -> None:
        self.seconds = time.time() - 3_600

    def __call__(self) -> float:
        """The time, in seconds since 1970 UTC."""
        return self.seconds


class StillFleet:
    """Leases of a simulated stream as workers that are gone have left them.

    Args:
        tables: A boto3 client of DynamoDB.
        stream: The stream.
        endpoint: Where it is served.
        clock: The stream's.
    """

    def __init__(
        self,
        tables: Any,  # noqa: ANN401 - boto3's client
        stream: SimulatedStream,
        endpoint: StreamsEndpoint,
        clock: Clock,
    ) -> None:
        self.tables, self.stream, self.clock = tables, stream, clock
        self.application = f"test-{uuid.uuid4().hex[:8]}"
        self.names = TableNames(self.application, "reports", f"{self.application}-CoordinatorState")
        self.endpoint, self._items = endpoint, Items()
        self._create(self.application, "leaseKey")
        self._create(self.names.coordinator, "key")

    def settings(self, **more: str) -> dict[str, str]:
        """The settings of its workers."""
        return {
            "PUBLISHER_TABLE": self.stream.table,
            "PUBLISHER_STREAM_ARN": self.stream.arn,
            "PUBLISHER_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:changes",
            "KCL_APPLICATION_NAME": self.application,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": self.endpoint.url,
            **more,
        }

    def change(self, *item_ids: str, minutes_ago: float) -> list[str]:
        """Insert or modify items so long ago; return the sequence numbers."""
        self.clock.seconds = time.time() - minutes_ago * 60
        return [self.stream.add(self._items.write(item_id)[0])[1] for item_id in item_ids]

    def lease(self, shard_id: str, checkpoint: str, parent: str | None = None) -> None:
        """Write a lease that a worker holds and is about to hand over, as KCL writes it."""
        parents = {"parentShardId": {"SS": [parent]}} if parent else {}
        self.tables.put_item(
            TableName=self.application,
            Item={
                "leaseKey": {"S": shard_id},
                "leaseOwner": {"S": "worker-2"},
                "checkpointOwner": {"S": "worker-1"},
                "leaseCounter": {"N": "7"},
                "checkpoint": {"S": checkpoint},
                "checkpointSubSequenceNumber": {"N": "0"},
                "ownerSwitchesSinceCheckpoint": {"N": "3"},
                "throughputKBps": {"N": "0.5"},
                "pendingCheckpoint": {"S": checkpoint},
                "pendingCheckpointSubSequenceNumber": {"N": "0"},
                **parents,
            },
        )

    def leases(self) -> dict[str, Mapping[str, Any]]:
        """The lease table's rows, by shard."""
        return {row["leaseKey"]["S"]: row for row in self._rows(self.application)}

    def checkpoints(self) -> dict[str, str]:
        """Each shard's checkpoint."""
        return {shard_id: row["checkpoint"]["S"] for shard_id, row in self.leases().items()}

    def history(self) -> dict[str, Mapping[str, Any]]:
        """The rows of KCL's coordinator table, by their keys."""
        return {row["key"]["S"]: row for row in self._rows(self.names.coordinator)}

    def _rows(self, table: str) -> list[Mapping[str, Any]]:
        return list(self.tables.scan(TableName=table, ConsistentRead=True)["Items"])

    def _create(self, table: str, key: str) -> None:
        self.tables.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        )


class Family:
    """A shard with six changes of half an hour ago and four of ten minutes ago; its two children.

    They have sixteen changes of five minutes ago. All is published.

    Args:
        fleet: The fleet, whose stream has one shard.
    """

    def __init__(self, fleet: StillFleet) -> None:
        (self.parent,) = fleet.stream.open_shards()
        self.old = fleet.change(*"abcdef", minutes_ago=30)
        self.late = fleet.change(*"abcd", minutes_ago=10)
        self.left, self.right = fleet.stream.split(self.parent)
        last: dict[str, str] = {}
        for item_id in "abcdefghijklmnop":
            shard_id = fleet.stream.shard_of({"id": {"S": item_id}})
            last[shard_id] = fleet.change(item_id, minutes_ago=5)[0]
        fleet.lease(self.parent, "SHARD_END")
        for child in (self.left, self.right):
            fleet.lease(child, last[child], self.parent)
        self.last = last

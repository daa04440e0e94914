"""A table's stream, read while workers publish it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from consumer.fleet.leases import LATEST, TRIM_HORIZON
from consumer.fleet.shards import RecordPage, Shard, ShardPosition, StreamDescription, parents_first

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient


class Stream:
    """Reads one stream; every method raises what boto3 raises.

    A stream allows five reads a second for each shard, to all readers together. So reads here take
    from the workers' share.

    Args:
        streams: A boto3 client of DynamoDB Streams.
        arn: The stream.
    """

    def __init__(self, streams: "DynamoDBStreamsClient", arn: str) -> None:
        self.arn = arn
        self._streams = streams

    def describe(self) -> StreamDescription:
        """Return the stream with all of its shards."""
        pages = list(self._pages())
        first = pages[0]
        shards = [_shard(shard) for page in pages for shard in page["Shards"]]
        return StreamDescription(
            arn=self.arn,
            table=first["TableName"],
            view=first["StreamViewType"],
            status=first["StreamStatus"],
            shards=parents_first(shards),
        )

    def iterator_after(self, shard_id: str, checkpoint: str) -> str:
        """Return the iterator at which a worker with this checkpoint reads on.

        Args:
            shard_id: The shard.
            checkpoint: A sequence number, TRIM_HORIZON or LATEST.
        """
        fixed = checkpoint in {TRIM_HORIZON, LATEST}
        kind: dict[str, Any] = (
            {"ShardIteratorType": checkpoint}
            if fixed
            else {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": checkpoint}
        )
        answer = self._streams.get_shard_iterator(StreamArn=self.arn, ShardId=shard_id, **kind)
        return str(answer["ShardIterator"])

    def read(self, iterator: str, limit: int = 1000) -> RecordPage:
        """Return the next records, up to a megabyte. Records may follow an empty page.

        Args:
            iterator: Where to read.
            limit: The most records, up to 1,000.
        """
        answer = self._streams.get_records(ShardIterator=iterator, Limit=limit)
        positions = tuple(_position(record) for record in answer["Records"])
        return RecordPage(positions, answer.get("NextShardIterator"))

    def _pages(self) -> Iterator[Mapping[str, Any]]:
        after: dict[str, Any] = {}
        while True:
            answer = self._streams.describe_stream(StreamArn=self.arn, **after)
            page = answer["StreamDescription"]
            yield page
            if "LastEvaluatedShardId" not in page:
                return
            after = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}


def _shard(described: Mapping[str, Any]) -> Shard:
    numbers = described["SequenceNumberRange"]
    return Shard(
        shard_id=described["ShardId"],
        parent=described.get("ParentShardId"),
        first=numbers["StartingSequenceNumber"],
        last=numbers.get("EndingSequenceNumber"),
    )


def _position(record: Mapping[str, Any]) -> ShardPosition:
    change = record["dynamodb"]
    created = change["ApproximateCreationDateTime"]
    return ShardPosition(change["SequenceNumber"], created.timestamp())

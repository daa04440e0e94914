"""A boto3 loop: read a shard, publish its records ten by ten, read on. No leases, no checkpoints.

It reads as DynamoDB's developer guide shows it for the low-level API, the stream's description,
an iterator, GetRecords with the next iterator until there is none:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.LowLevel.Walkthrough.html
and waits a second after a read without records, as we do.
"""

import os
import sys
import time

import boto3

from benchmarks.sides.batches import batches, message

_PAUSE_SECONDS = 1.0


def main() -> None:
    """Read the stream's first shard until the process is ended."""
    stream_arn, table = os.environ["BENCH_STREAM_ARN"], os.environ["BENCH_TABLE"]
    topic_arn = os.environ["BENCH_TOPIC_ARN"]
    streams, sns = boto3.client("dynamodbstreams"), boto3.client("sns")
    description = streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]
    shard_id = description["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(
        StreamArn=stream_arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    sys.stderr.write('{"event": "processor_started"}\n')
    while iterator:
        page = streams.get_records(ShardIterator=iterator)
        for batch in batches(page["Records"]):
            sns.publish(TopicArn=topic_arn, **message(table, shard_id, batch))
        iterator = page.get("NextShardIterator")
        if not page["Records"]:
            time.sleep(_PAUSE_SECONDS)


if __name__ == "__main__":
    main()

"""The records of a real stream, as Lambda hands them over.

Lambda writes what the streams' API answers as JSON: binary as base64, times in seconds, and the
stream's ARN in each record.
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any


def read_stream(streams: Any, stream_arn: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Yield every record that a stream has, shard by shard, in Lambda's form.

    Args:
        streams: A boto3 client of DynamoDB Streams.
        stream_arn: The stream, of a table that nobody writes to meanwhile.
    """
    shards = streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]
    for shard in shards:
        iterator = streams.get_shard_iterator(
            StreamArn=stream_arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            answer = streams.get_records(ShardIterator=iterator)
            yield from (_in_lambdas_form(record, stream_arn) for record in answer["Records"])
            # An open shard has no end; where it has nothing more to give, that is all.
            iterator = answer.get("NextShardIterator") if answer["Records"] else None


def _in_lambdas_form(record: Mapping[str, Any], stream_arn: str) -> dict[str, Any]:
    change = {name: _plain(value) for name, value in record["dynamodb"].items()}
    change["ApproximateCreationDateTime"] = change["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": change, "eventSourceARN": stream_arn}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of boto3's
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value

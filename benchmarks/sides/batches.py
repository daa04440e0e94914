"""The batch of ten that others publish: the same messages as ours, by the standard library."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

BATCH = 10
SUBJECT = "Publicação DynamoDB Stream"


def batches(records: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield ten after ten, and what is left."""
    for first in range(0, len(records), BATCH):
        yield records[first : first + BATCH]


def message(table: str, shard_id: str, batch: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what to publish for records in the form of the streams API."""
    entries = [
        {
            "eventName": record["eventName"],
            "newImage": record["dynamodb"].get("NewImage") or None,
            "oldImage": record["dynamodb"].get("OldImage") or None,
        }
        for record in batch
    ]
    names = sorted({record["eventName"] for record in batch})
    return {
        "Subject": SUBJECT,
        "Message": json.dumps(entries, separators=(",", ":")),
        "MessageAttributes": {
            "table": _text(table),
            "shardId": _text(shard_id),
            "firstSequenceNumber": _text(batch[0]["dynamodb"]["SequenceNumber"]),
            "lastSequenceNumber": _text(batch[-1]["dynamodb"]["SequenceNumber"]),
            "recordCount": {"DataType": "Number", "StringValue": str(len(batch))},
            "eventNames": {"DataType": "String.Array", "StringValue": json.dumps(names)},
        },
    }


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}

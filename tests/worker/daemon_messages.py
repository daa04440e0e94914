"""Messages of the daemon to a record processor."""

import base64
from typing import Any

from consumer.publishing.records import RawRecord

INITIALIZE = {
    "action": "initialize",
    "shardId": "shardId-1",
    "sequenceNumber": "TRIM_HORIZON",
    "subSequenceNumber": 0,
}


def process_records(records: list[RawRecord]) -> dict[str, Any]:
    """The daemon's message that hands records over."""
    return {
        "action": "processRecords",
        "millisBehindLatest": None,
        "records": [
            {
                "action": "record",
                "data": base64.b64encode(record.data).decode(),
                "partitionKey": record.sequence_number,
                "sequenceNumber": record.sequence_number,
                "subSequenceNumber": 0,
                "approximateArrivalTimestamp": 1,
            }
            for record in records
        ],
    }

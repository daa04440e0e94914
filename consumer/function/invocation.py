"""An event that Lambda hands over, and the answer that says where Lambda goes on.

Lambda's JSON differs from the adapter's in two ways: an absent image is missing, and times are in
seconds. Records are turned into the adapter's form here, so that nothing else sees a difference.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from consumer.publishing.errors import EventError
from consumer.publishing.records import RawRecord

_STREAM = re.compile(r"arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table/[\w.-]+/stream/.+", re.ASCII)
_CREATED_AT = "ApproximateCreationDateTime"


@dataclass(frozen=True, slots=True)
class Invocation:
    """Records of one shard that Lambda hands over together.

    Attributes:
        table_arn: The table that the records are of; empty where there are no records.
        shard_id: The shard's id, if the event has it: it does with a tumbling window only. Else a
            name that the same first record always gives again.
        group_id: What a FIFO topic keeps in order if the shard isn't known: the table's changes.
        records: The records in the shard's order.
        state: The state of a tumbling window, to be returned as it is; None without a window.
    """

    table_arn: str
    shard_id: str
    group_id: str | None
    records: Sequence[RawRecord]
    state: Mapping[str, Any] | None = None

    @property
    def table(self) -> str:
        """The table's name."""
        return self.table_arn.rpartition("/")[2]

    def why_foreign(self, table: str, home: str) -> str | None:
        """Return why the event is not this function's; None where it is, or has no records.

        Args:
            table: The name of the function's table.
            home: An ARN in the account and region of that table; empty where nobody tells.
        """
        if self.records and self.table != table:
            return f"the event is of table {self.table!r}, not of {table!r}"
        wanted, found = (arn.split(":")[3:5] for arn in (home, self.table_arn))
        if not self.records or not wanted or wanted == found:
            return None
        return f"the event is of {self.table_arn}, not of region {wanted[0]}, account {wanted[1]}"

    def after(self, sequence_number: str | None) -> Sequence[RawRecord]:
        """The records after a sequence number; all records after None."""
        numbers = [record.sequence_number for record in self.records]
        done = 0 if sequence_number is None else numbers.index(sequence_number) + 1
        return self.records[done:]

    def answer(self, reached: str | None) -> dict[str, Any]:
        """The answer to Lambda: the first record that it hands over again, with all after it.

        Args:
            reached: The last checkpoint; None where there is none.
        """
        left = self.after(reached)
        failures = [{"itemIdentifier": record.sequence_number} for record in left[:1]]
        state = {} if self.state is None else {"state": self.state}
        return {"batchItemFailures": failures, **state}


def read_invocation(event: object) -> Invocation:
    """Read what Lambda hands over.

    Args:
        event: The event as Python's json reads it.

    Raises:
        EventError: It is no event of a table's stream; with every mistake at once. A record that is
            no change, but has a sequence number, is refused later.
    """
    if not isinstance(event, dict) or not isinstance(event.get("Records"), list):
        raise EventError(["the event has no list of Records; is this of a table's stream?"])
    records: list[Any] = event["Records"]
    mistakes = [
        f"record {number}: {mistake}"
        for number, record in enumerate(records, start=1)
        if (mistake := _mistake(record))
    ]
    tables = {} if mistakes else dict.fromkeys(_table_arn(record) for record in records)
    if len(tables) > 1:
        mistakes.append(f"the event has records of several tables: {', '.join(tables)}")
    if mistakes:
        raise EventError(mistakes)
    table_arn, shard_id = next(iter(tables), ""), event.get("shardId")
    return Invocation(
        table_arn=table_arn,
        shard_id=str(shard_id or _stand_in(records)),
        group_id=None if shard_id else table_arn.rpartition("/")[2],
        records=[_raw_record(record) for record in records],
        state=event.get("state"),
    )


def _mistake(record: object) -> str | None:
    """What keeps a record from being one that an answer could name."""
    if not isinstance(record, dict):
        return "is not a JSON object"
    arn, change = record.get("eventSourceARN"), record.get("dynamodb")
    if not isinstance(arn, str) or not _STREAM.fullmatch(arn):
        return f"eventSourceARN is {arn!r}, not the ARN of a table's stream"
    number = change.get("SequenceNumber") if isinstance(change, dict) else None
    if not isinstance(number, str) or not number.isdecimal():
        return f"dynamodb.SequenceNumber is {number!r}, not a decimal number as text"
    return None


def _table_arn(record: Mapping[str, Any]) -> str:
    return str(record["eventSourceARN"]).partition("/stream/")[0]


def _stand_in(records: Sequence[Mapping[str, Any]]) -> str:
    """A name to use instead of the shard's id.

    Two shards may have the same sequence numbers, and so messages from the same number to the same
    number. The first record's eventID tells these apart: no other record has it.
    """
    if not records:
        return ""
    first = records[0]
    return f"lambda-{first.get('eventID') or first['dynamodb']['SequenceNumber']}"


def _raw_record(record: Mapping[str, Any]) -> RawRecord:
    change = dict(record["dynamodb"])
    if _CREATED_AT in change:
        change[_CREATED_AT] = _milliseconds(change[_CREATED_AT])
    return RawRecord(change["SequenceNumber"], _encoded({**record, "dynamodb": change}))


def _milliseconds(seconds: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A time as the adapter writes it; anything else stays as it is, and is refused later."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return seconds
    return round(seconds * 1000) if math.isfinite(seconds) else seconds


def _encoded(record: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(record)
    except orjson.JSONEncodeError:
        # Half a surrogate pair, or a number larger than DynamoDB's: it is refused later.
        return json.dumps(record).encode()

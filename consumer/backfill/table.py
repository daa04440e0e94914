"""A table, read from end to end in segments."""

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from consumer.backfill.plan import TableSize
from consumer.delivery.retries import Retries
from consumer.publishing.errors import StreamPublisherError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import ScanOutputTypeDef

Item = Mapping[str, Any]
"""An item as boto3 has it: binary values are bytes."""


@dataclass(frozen=True, slots=True)
class Description:
    """What DynamoDB says of a table.

    Attributes:
        table_id: Its id; a table that is created again has another.
        key_names: The names of its key attributes.
        size: About how many items and bytes it has.
        now: The time of this answer by DynamoDB's clock, in whole seconds since 1970 UTC.
    """

    table_id: str
    key_names: tuple[str, ...]
    size: TableSize
    now: int


@dataclass(frozen=True, slots=True)
class ItemPage:
    """What one call has read.

    Attributes:
        items: The items, in the segment's order.
        last: After which key there is more; None at the segment's end.
        units: The read units that it has consumed.
    """

    items: Sequence[Item]
    last: Item | None
    units: float


class Table:
    """Reads one table.

    Args:
        client: A boto3 DynamoDB client that doesn't retry by itself.
        name: The table.
        retries: Retries a call that failed.
    """

    def __init__(self, client: "DynamoDBClient", name: str, retries: Retries) -> None:
        self._client, self._name, self._retries = client, name, retries

    def scan(self, segment: tuple[int, int], after: Item | None, most: int) -> ItemPage:
        """Return the next items of a segment, as they are now.

        Args:
            segment: The segment's number, and how many there are.
            after: The key of the item after which to go on; None at the beginning.
            most: The most items.

        Raises:
            TableGoneError: The table is not there any more.
            PublishError: It can't be read; as `Retries.call` raises it.
        """
        request = {
            "TableName": self._name,
            "Segment": segment[0],
            "TotalSegments": segment[1],
            "Limit": most,
            # An eventually consistent read may give an image from before the run's beginning, and
            # the subscriber would keep it.
            "ConsistentRead": True,
            "ReturnConsumedCapacity": "TOTAL",
            **({"ExclusiveStartKey": after} if after else {}),
        }
        answer, _ = self._retries.call(lambda: self._ask(request))
        return ItemPage(
            answer["Items"],
            answer.get("LastEvaluatedKey"),
            answer["ConsumedCapacity"]["CapacityUnits"],
        )

    def _ask(self, request: Mapping[str, Any]) -> "ScanOutputTypeDef":
        try:
            return self._client.scan(**request)
        except self._client.exceptions.ResourceNotFoundException as error:
            raise TableGoneError(str(self._retries.failure(error))) from error


class TableGoneError(StreamPublisherError):
    """The table was deleted. A new one of its name would be another table."""


def describe(
    client: "DynamoDBClient",
    name: str,
    clock: Callable[[], float] = time.time,
) -> Description:
    """Ask what a table is like; raises what boto3 raises.

    Args:
        client: A boto3 DynamoDB client.
        name: The table.
        clock: The time of day, for an endpoint that doesn't tell it.
    """
    answer = client.describe_table(TableName=name)
    table, date = answer["Table"], answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return Description(
        table_id=table.get("TableId", ""),
        key_names=tuple(key["AttributeName"] for key in table["KeySchema"]),
        size=TableSize(table["ItemCount"], table["TableSizeBytes"]),
        now=int(parsedate_to_datetime(date).timestamp() if date else clock()),
    )


def json_image(item: Item) -> dict[str, Any]:
    """Return an item as the stream's JSON has it: binary values are base64."""
    return {name: _attribute(value) for name, value in item.items()}


def _attribute(attribute: Mapping[str, Any]) -> dict[str, Any]:
    ((kind, value),) = attribute.items()
    return {kind: _WRITERS.get(kind, _same)(value)}


def _same(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    return value


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "B": _text,
    "BS": lambda values: [_text(value) for value in values],
    "L": lambda values: [_attribute(value) for value in values],
    "M": json_image,
}

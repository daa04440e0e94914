"""The demo's table: made with a stream, then written to."""

from collections.abc import Callable, Iterable
from typing import Any

from consumer.demo.changes import Change

TABLE = "orders"


def create_table(dynamodb: Any) -> None:  # noqa: ANN401 - a boto3 client
    """Create the table with a stream that carries both images."""
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def write_changes(
    dynamodb: Any,  # noqa: ANN401 - a boto3 client
    changes: Iterable[Change],
    on_written: Callable[[Change], None],
) -> None:
    """Make each change, in order, and tell of it."""
    for change in changes:
        if change.new_image is None:
            dynamodb.delete_item(TableName=TABLE, Key={"id": {"S": change.item_id}})
        else:
            dynamodb.put_item(TableName=TABLE, Item=change.new_image)
        on_written(change)

"""KCL's coordinator table, for rows that this program keeps in it beside KCL's own.

KCL reads its own rows there by their keys, and workers may read and write the table already. So
these rows need no table and no permission of their own.
"""

import contextlib
from typing import TYPE_CHECKING, Any

from consumer.aws.errors import code_of
from consumer.fleet.retries import retries
from consumer.settings.forms import read_tags
from consumer.settings.kcl import KclSettings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KCL_CAPACITY = 10
"""KCL's own capacity of a provisioned table."""


def create_coordinator_table(client: "DynamoDBClient", kcl: KclSettings) -> None:
    """Create the table as KCL does, unless it exists; wait until it can be used.

    Point-in-time recovery is enabled for a table that exists, too: the call may have failed before.

    Args:
        client: A boto3 client of DynamoDB.
        kcl: The settings of the workers.
    """
    name = kcl.coordinator_state_table
    waiter = client.get_waiter("table_exists")
    try:
        client.describe_table(TableName=name)
    except client.exceptions.ResourceNotFoundException:
        _create(client, name, kcl)
    waiter.wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    if kcl.coordinator_state_point_in_time_recovery_enabled and not _is_recoverable(client, name):
        # DynamoDB refuses it for a while after the table is made.
        retries(_is_too_early, seconds=60, first_wait=0.5, longest_wait=5)(
            client.update_continuous_backups,
            TableName=name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )


def _is_recoverable(client: "DynamoDBClient", name: str) -> bool:
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    return recovery.get("PointInTimeRecoveryStatus") == "ENABLED"


def _is_too_early(error: BaseException) -> bool:
    return code_of(error) == "ContinuousBackupsUnavailableException"


def _create(client: "DynamoDBClient", name: str, kcl: KclSettings) -> None:
    # Another process may create it at the same time.
    with contextlib.suppress(client.exceptions.ResourceInUseException):
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            **_billing(kcl),
            **_protection(kcl),
            **_tags(kcl),
        )


def _billing(kcl: KclSettings) -> dict[str, Any]:
    if kcl.coordinator_state_billing_mode != "PROVISIONED":
        return {"BillingMode": "PAY_PER_REQUEST"}
    capacity = {
        "ReadCapacityUnits": kcl.coordinator_state_read_capacity or _KCL_CAPACITY,
        "WriteCapacityUnits": kcl.coordinator_state_write_capacity or _KCL_CAPACITY,
    }
    return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": capacity}


def _protection(kcl: KclSettings) -> dict[str, Any]:
    is_on = kcl.coordinator_state_deletion_protection_enabled
    return {"DeletionProtectionEnabled": True} if is_on else {}


def _tags(kcl: KclSettings) -> dict[str, Any]:
    if kcl.coordinator_state_tags is None:
        return {}
    tags = read_tags(kcl.coordinator_state_tags)
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

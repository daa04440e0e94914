"""What a killed worker leaves behind of a shard that stood still."""

import time

import boto3
from moto import mock_aws

from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.table_names import TableNames
from consumer.run.old_standstills import delete_old_standstills

NAMES = TableNames("app", "app-reports", "app-state")


@mock_aws
def test_rows_of_yesterday_are_deleted() -> None:
    """Today's may still be told; a table that isn't there yet is no failure."""
    tables = boto3.client("dynamodb", region_name="eu-west-1")
    delete_old_standstills(LeaseTable(tables, NAMES))
    tables.create_table(
        TableName="app-state",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    now = time.time()
    for name, reported_at in (("old", now - 86_500), ("new", now - 80_000)):
        row = {"key": {"S": f"Stopped/{name}"}, "reportedAt": {"N": str(round(reported_at * 1000))}}
        texts = {each: {"S": "5"} for each in ("worker", "checkpoint", "reason")}
        tables.put_item(TableName="app-state", Item=row | texts)
    delete_old_standstills(LeaseTable(tables, NAMES))

    (left,) = tables.scan(TableName="app-state")["Items"]
    assert left["key"]["S"] == "Stopped/new"

"""KCL's tables, read from DynamoDB."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from consumer.fleet.leadership import Leadership
from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.leases import Lease
from consumer.fleet.table_names import TableNames
from consumer.fleet.worker_reports import WorkerReport

NAMES = TableNames("app", "app-reports", "app-state")


@pytest.fixture
def tables() -> Iterator[Any]:
    """DynamoDB in memory."""
    with mock_aws():
        yield boto3.client("dynamodb", region_name="eu-west-1")


def table_of(tables: Any, name: str, key: str, items: list[dict[str, Any]]) -> None:  # noqa: ANN401
    """A table with these rows."""
    tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for item in items:
        tables.put_item(TableName=name, Item=item)


def test_tables_that_are_not_there_yet_read_as_empty(tables: Any) -> None:  # noqa: ANN401
    """No worker has ever started."""
    table = LeaseTable(tables, NAMES)

    assert (table.leases(), table.reports(), table.coordinator()) == ((), (), (None, (), ()))


def test_every_page_is_read(tables: Any) -> None:  # noqa: ANN401
    """A scan gives a megabyte at a time."""
    padding = {"throughputKBps": {"S": "x" * 300_000}}
    names = [f"shardId-{number}" for number in range(9)]
    rows = [{"leaseKey": {"S": n}, "checkpoint": {"S": "5"}, **padding} for n in names]
    table_of(tables, "app", "leaseKey", rows)
    leases = LeaseTable(tables, NAMES).leases()

    assert leases == tuple(Lease(name, None, "5") for name in names)


def test_workers_and_their_leader_are_read(tables: Any) -> None:  # noqa: ANN401
    """From the two tables beside the lease table."""
    reports = [{"wid": {"S": name}, "lut": {"N": "17"}} for name in ("w2", "w1")]
    lock = {"ownerName": {"S": "w2"}, "recordVersionNumber": {"S": "v"}}
    state = [{"key": {"S": "Leader"}, **lock, "leaseDuration": {"S": "20000"}}]
    table_of(tables, "app-reports", "wid", reports)
    table_of(tables, "app-state", "key", state)
    table = LeaseTable(tables, NAMES)

    assert table.reports() == (WorkerReport("w1", 17), WorkerReport("w2", 17))
    assert table.coordinator()[0] == Leadership("w2", "v", 20_000)


def test_somebody_elses_table_is_refused(tables: Any) -> None:  # noqa: ANN401
    """Rather than shown as leases."""
    table_of(tables, "app", "id", [{"id": {"S": "a customer"}}])

    with pytest.raises(ValueError, match=r"is no lease; its attributes are id$"):
        LeaseTable(tables, NAMES).leases()

"""KCL's three tables, read from any machine: leases, workers' reports, the coordinator's rows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from consumer.fleet.items import Item
from consumer.fleet.leadership import Leadership, read_leadership
from consumer.fleet.leases import Lease, read_lease
from consumer.fleet.standstills import Standstill, read_standstills
from consumer.fleet.table_names import TableNames
from consumer.fleet.topic_claims import TopicClaim, read_topic_claims
from consumer.fleet.worker_reports import WorkerReport, read_report

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class CoordinatorRows(NamedTuple):
    """What the coordinator table holds.

    Attributes:
        leadership: The leader's lock; None if there is none.
        topic_claims: Each worker's topic.
        standstills: The shards that make no progress.
    """

    leadership: Leadership | None
    topic_claims: tuple[TopicClaim, ...]
    standstills: tuple[Standstill, ...]


class LeaseTable:
    """Reads what the workers of an application keep in DynamoDB; writes nothing.

    A missing table reads as an empty one: no worker has started yet. Every method raises what boto3
    raises, and ValueError for rows that KCL didn't write.

    Args:
        tables: A boto3 client of DynamoDB.
        names: The tables' names.
    """

    def __init__(self, tables: "DynamoDBClient", names: TableNames) -> None:
        self.tables, self.names = tables, names

    def leases(self) -> tuple[Lease, ...]:
        """Return every lease, by shard id, with a consistent read."""
        found = [read_lease(item) for item in self._rows(self.names.leases)]
        return tuple(sorted(found, key=lambda lease: lease.shard_id))

    def reports(self) -> tuple[WorkerReport, ...]:
        """Return each worker's last report, by name. A worker that is gone leaves its report."""
        found = [read_report(item) for item in self._rows(self.names.reports)]
        return tuple(sorted(found, key=lambda report: report.worker))

    def coordinator(self) -> CoordinatorRows:
        """Return the coordinator's rows, this program's own included."""
        rows = list(self._rows(self.names.coordinator))
        return CoordinatorRows(
            read_leadership(rows), read_topic_claims(rows), read_standstills(rows)
        )

    def _rows(self, name: str) -> Iterator[Item]:
        pages = self.tables.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
        try:
            for page in pages:
                yield from page["Items"]
        except self.tables.exceptions.ResourceNotFoundException:
            return

"""KCL's three tables, read from any machine: leases, workers' reports, the leader's lock."""

from collections.abc import Iterator
from typing import Any

from consumer.fleet.leases import (
    Leadership,
    Lease,
    WorkerReport,
    read_leadership,
    read_lease,
    read_report,
)


class LeaseTable:
    """Reads what a fleet of workers keeps in DynamoDB; writes nothing.

    A table that isn't there yet, since no worker ever started, reads as an empty one. Every method
    raises what boto3 raises, and ValueError where a table has other rows than KCL's.

    Args:
        tables: A boto3 client of DynamoDB.
        name: The lease table.
        reports_name: The table of the workers' loads.
        state_name: The table of the leader's lock.
    """

    def __init__(self, tables: Any, name: str, reports_name: str, state_name: str) -> None:  # noqa: ANN401 - boto3's client
        self.tables, self.name = tables, name
        self._reports_name, self._state_name = reports_name, state_name

    def leases(self) -> tuple[Lease, ...]:
        """Return every lease as it is at this moment, by shard id."""
        found = [read_lease(item) for item in self._rows(self.name)]
        return tuple(sorted(found, key=lambda lease: lease.shard_id))

    def reports(self) -> tuple[WorkerReport, ...]:
        """Return what each worker last told of itself, by name; one that is gone leaves its own."""
        found = [read_report(item) for item in self._rows(self._reports_name)]
        return tuple(sorted(found, key=lambda report: report.worker))

    def leadership(self) -> Leadership | None:
        """Return the leader's lock; None while there is none."""
        return read_leadership(self._rows(self._state_name))

    def _rows(self, name: str) -> Iterator[dict[str, Any]]:
        pages = self.tables.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
        try:
            for page in pages:
                yield from page["Items"]
        except self.tables.exceptions.ResourceNotFoundException:
            return

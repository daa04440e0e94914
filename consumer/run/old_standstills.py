"""Rows of shards that stood still, left behind by workers that were killed meanwhile."""

import contextlib
import time

from consumer.aws.errors import AWS_ERRORS
from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.standstills import old_standstills


def delete_old_standstills(table: LeaseTable) -> None:
    """Delete rows that nobody has written for a day.

    A failure is not told: such a row says nothing any more.
    """
    with contextlib.suppress(*AWS_ERRORS, ValueError):
        for each in old_standstills(table.coordinator().standstills, time.time()):
            table.tables.delete_item(
                TableName=table.names.coordinator,
                Key=each.key,
                ConditionExpression="reportedAt <= :day_ago",
                ExpressionAttributeValues={":day_ago": {"N": str(round(each.reported_at * 1000))}},
            )

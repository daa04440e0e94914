"""Creates KCL's tables where they are missing, before KCL starts.

So a missing permission is reported at once, for all tables, with what to do.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from consumer.aws.errors import code_of
from consumer.aws.explain import is_denied
from consumer.fleet.retries import retries
from consumer.fleet.table_forms import TableForm
from consumer.problems import Problem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_FIX = (
    "grant it for the first start, as deploy/policy-bootstrap.json does, or let somebody else "
    "create the lease tables (docs/deploy.md)"
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A table that is missing, or one that lacks its index.

    Attributes:
        form: The table as it should be.
        table: DynamoDB's description of the table as it is; None if there is none.
    """

    form: TableForm
    table: Mapping[str, Any] | None

    @property
    def action(self) -> str:
        """The action of IAM that closes the gap."""
        return "dynamodb:UpdateTable" if self.table else "dynamodb:CreateTable"

    @property
    def problem(self) -> Problem:
        """The problem of a role that may not close the gap."""
        index = self.form.index
        wrong = f"has no index {index['IndexName']}" if self.table and index else "doesn't exist"
        may_not = f"this role lacks {self.action}"
        return Problem(f"table {self.form.name!r}", f"{wrong}, and {may_not}", _FIX)

    def close(self, client: "DynamoDBClient") -> None:
        """Create the table or add its index; do nothing if another process does the same."""
        with contextlib.suppress(client.exceptions.ResourceInUseException):
            if self.table:
                client.update_table(**self._update())
            else:
                client.create_table(**self.form.request)

    def _update(self) -> dict[str, Any]:
        """An index of a provisioned table has its table's capacity, as with KCL."""
        table, index = self.table or {}, dict(self.form.index or {})
        if table.get("BillingModeSummary", {}).get("BillingMode") != "PAY_PER_REQUEST":
            units = ("ReadCapacityUnits", "WriteCapacityUnits")
            given = table["ProvisionedThroughput"]
            index["ProvisionedThroughput"] = {unit: given[unit] for unit in units}
        return {
            "TableName": self.form.name,
            "AttributeDefinitions": self.form.request["AttributeDefinitions"],
            "GlobalSecondaryIndexUpdates": [{"Create": index}],
        }


def find_gaps(client: "DynamoDBClient", forms: Iterable[TableForm]) -> list[Gap]:
    """Return what is missing; raises what boto3 raises."""
    tables = ((form, _describe(client, form.name)) for form in forms)
    return [
        Gap(form, table) for form, table in tables if table is None or _lacks_index(form, table)
    ]


def create_tables(client: "DynamoDBClient", forms: Sequence[TableForm]) -> list[Problem]:
    """Create the tables, and the index, that are missing; wait until the tables can be used.

    Point-in-time recovery is enabled for a table that exists, too: the call may have failed before.

    Args:
        client: A boto3 client of DynamoDB.
        forms: The tables.

    Returns:
        A problem for each table that this role may not create or complete.

    Raises what boto3 raises for another reason.
    """
    gaps = find_gaps(client, forms)
    problems = [gap.problem for gap in gaps if not _is_closed(client, gap)]
    if not problems:
        for form in forms:
            _await(client, form)
    return problems


def _is_closed(client: "DynamoDBClient", gap: Gap) -> bool:
    """Close a gap; return whether that is allowed."""
    try:
        gap.close(client)
    except ClientError as error:
        if is_denied(error):
            return False
        # Of two workers that add the index at once, DynamoDB refuses the later: it is a duplicate.
        if find_gaps(client, [gap.form]):
            raise
    return True


def _describe(client: "DynamoDBClient", name: str) -> Any:  # noqa: ANN401 - DynamoDB's answer
    """Return the description of a table; None if there is no such table."""
    try:
        return client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None


def _lacks_index(form: TableForm, table: Mapping[str, Any]) -> bool:
    names = [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]
    return form.index is not None and form.index["IndexName"] not in names


def _await(client: "DynamoDBClient", form: TableForm) -> None:
    waiter = client.get_waiter("table_exists")
    waiter.wait(TableName=form.name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    if form.is_recoverable and not _is_recoverable(client, form.name):
        # DynamoDB refuses it for a while after the table is made.
        retries(_is_too_early, seconds=60, first_wait=0.5, longest_wait=5)(
            client.update_continuous_backups,
            TableName=form.name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )


def _is_recoverable(client: "DynamoDBClient", name: str) -> bool:
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    return recovery.get("PointInTimeRecoveryStatus") == "ENABLED"


def _is_too_early(error: BaseException) -> bool:
    return code_of(error) == "ContinuousBackupsUnavailableException"

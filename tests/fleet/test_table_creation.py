"""KCL's tables are created as KCL would, and a right that is missing is named for each."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from consumer.fleet.table_creation import create_tables, find_gaps
from consumer.fleet.table_forms import lease_form, table_forms
from consumer.settings.kcl import KclSettings
from tests.places import ROOT
from tests.project.policies import allowed

KCL = KclSettings(application_name="app")
NAMES = ["app", "app-WorkerMetricStats", "app-CoordinatorState"]
RECOVERABLE = KclSettings(
    application_name="app", coordinator_state_point_in_time_recovery_enabled=True
)


@pytest.fixture
def tables() -> Iterator[Any]:
    """DynamoDB in memory."""
    with mock_aws():
        yield boto3.client("dynamodb", region_name="eu-west-1")


def before(tables: Any, call: str, act: Callable[[Any], object]) -> None:  # noqa: ANN401
    """Do something before each call of this kind."""

    def handle(params: Any, **_more: object) -> None:  # noqa: ANN401 - boto3's parameters
        act(params)

    tables.meta.events.register(f"before-parameter-build.dynamodb.{call}", handle)


def refusal(code: str) -> ClientError:
    """An answer of DynamoDB."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Call")


def deny(_params: Any) -> None:  # noqa: ANN401 - boto3's parameters
    """Refuse a call, as a policy does."""
    raise refusal("AccessDeniedException")


def described(tables: Any, name: str) -> Any:  # noqa: ANN401 - boto3's client and its answer
    """DynamoDB's description of a table."""
    return tables.describe_table(TableName=name)["Table"]


def recovery(tables: Any) -> str:  # noqa: ANN401 - boto3's client
    """Whether the coordinator table can be recovered."""
    backups = tables.describe_continuous_backups(TableName="app-CoordinatorState")
    description = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return str(description["PointInTimeRecoveryStatus"])


def test_all_three_tables_are_created_once(tables: Any) -> None:  # noqa: ANN401
    """With KCL's keys, and the lease table with its index; a second time nothing is done."""
    assert [gap.action for gap in find_gaps(tables, table_forms(KCL))] == [
        "dynamodb:CreateTable"
    ] * 3
    assert create_tables(tables, table_forms(KCL)) == []
    before(tables, "CreateTable", deny)
    assert create_tables(tables, table_forms(KCL)) == []

    keys = {name: described(tables, name)["KeySchema"][0]["AttributeName"] for name in NAMES}
    (index,) = described(tables, "app")["GlobalSecondaryIndexes"]
    assert keys == dict(zip(NAMES, ["leaseKey", "wid", "key"], strict=True))
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["leaseOwner", "leaseKey"]
    assert index["Projection"]["ProjectionType"] == "KEYS_ONLY"


def test_each_table_that_may_not_be_created_is_named(tables: Any) -> None:  # noqa: ANN401
    """With what is missing, the action and the policy that grants it."""
    create_tables(tables, [lease_form(KCL)])
    before(tables, "CreateTable", deny)
    lines = [str(problem) for problem in create_tables(tables, table_forms(KCL))]

    assert [line.partition(":")[0] for line in lines] == [f"table '{name}'" for name in NAMES[1:]]
    assert all(
        "doesn't exist, and this role lacks dynamodb:CreateTable; " in line for line in lines
    )
    assert all("as deploy/policy-bootstrap.json does" in line for line in lines)


def test_the_named_policy_grants_what_is_missing() -> None:
    """Both actions, and the policy of every day neither."""
    granted = {
        name: {action for action, _ in allowed(json.loads((ROOT / name).read_text()))}
        for name in ("deploy/policy-bootstrap.json", "deploy/policy.json")
    }
    needed = {"dynamodb:CreateTable", "dynamodb:UpdateTable"}

    assert granted["deploy/policy-bootstrap.json"] == needed
    assert not granted["deploy/policy.json"] & needed


def without_index(tables: Any, **more: Any) -> None:  # noqa: ANN401 - boto3's client
    """A lease table of KCL 2."""
    tables.create_table(
        TableName="app",
        KeySchema=[{"AttributeName": "leaseKey", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "leaseKey", "AttributeType": "S"}],
        **more,
    )


def test_a_table_without_its_index_gets_it(tables: Any) -> None:  # noqa: ANN401
    """Billed as the table is."""
    without_index(tables, BillingMode="PAY_PER_REQUEST")
    assert create_tables(tables, [lease_form(KCL)]) == []

    assert find_gaps(tables, [lease_form(KCL)]) == []


def test_the_index_of_a_provisioned_table_has_its_capacity(tables: Any) -> None:  # noqa: ANN401
    """As with KCL."""
    capacity = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}
    without_index(tables, ProvisionedThroughput=capacity)
    assert create_tables(tables, [lease_form(KCL)]) == []

    (index,) = described(tables, "app")["GlobalSecondaryIndexes"]
    given = index["ProvisionedThroughput"]
    assert {unit: given[unit] for unit in capacity} == capacity


def test_an_index_that_may_not_be_added_is_named(tables: Any) -> None:  # noqa: ANN401
    """The table is there."""
    without_index(tables, BillingMode="PAY_PER_REQUEST")
    before(tables, "UpdateTable", deny)
    (problem,) = create_tables(tables, [lease_form(KCL)])

    wanted = "has no index LeaseOwnerToLeaseKeyIndex, and this role lacks dynamodb:UpdateTable"
    assert problem.wrong == wanted


def test_another_process_may_create_it_at_the_same_time(tables: Any) -> None:  # noqa: ANN401
    """Which is no error."""
    other = boto3.client("dynamodb", region_name="eu-west-1")
    before(tables, "CreateTable", lambda params: other.create_table(**params))

    assert create_tables(tables, table_forms(KCL)) == []


def test_another_process_may_add_the_index_at_the_same_time(tables: Any) -> None:  # noqa: ANN401
    """DynamoDB calls the later one a duplicate, which is no error either."""
    without_index(tables, BillingMode="PAY_PER_REQUEST")
    other = boto3.client("dynamodb", region_name="eu-west-1")

    def be_late(params: Any) -> None:  # noqa: ANN401 - boto3's parameters
        other.update_table(**params)
        raise refusal("ValidationException")

    before(tables, "UpdateTable", be_late)
    assert create_tables(tables, [lease_form(KCL)]) == []


def test_another_failure_is_raised_as_it_is(tables: Any) -> None:  # noqa: ANN401
    """It is no question of rights."""

    def fail(_params: Any) -> None:  # noqa: ANN401 - boto3's parameters
        raise refusal("LimitExceededException")

    before(tables, "CreateTable", fail)
    with pytest.raises(ClientError, match="LimitExceeded"):
        create_tables(tables, table_forms(KCL))


def test_a_table_is_created_as_the_settings_say(tables: Any) -> None:  # noqa: ANN401
    """With the capacity, the protection, the tags and the recovery."""
    settings = KclSettings(
        application_name="app",
        lease_table_deletion_protection_enabled=True,
        worker_metrics_tags="team=orders",
        coordinator_state_billing_mode="PROVISIONED",
        coordinator_state_read_capacity=3,
        coordinator_state_tags="team=orders , stage = live",
        coordinator_state_deletion_protection_enabled=True,
        coordinator_state_point_in_time_recovery_enabled=True,
    )
    create_tables(tables, table_forms(settings))
    leases, reports, coordinator = (described(tables, name) for name in NAMES)

    capacity = coordinator["ProvisionedThroughput"]
    assert (capacity["ReadCapacityUnits"], capacity["WriteCapacityUnits"]) == (3, 10)
    assert reports["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    protected = [each["DeletionProtectionEnabled"] for each in (leases, reports, coordinator)]
    assert protected == [True, False, True]
    tags = tables.list_tags_of_resource(ResourceArn=coordinator["TableArn"])["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "orders", "stage": "live"}
    assert recovery(tables) == "ENABLED"


def test_a_recovery_that_is_too_early_is_enabled_a_little_later(
    tables: Any,  # noqa: ANN401
) -> None:
    """DynamoDB may refuse it right after the table is made."""
    failures = iter([refusal("ContinuousBackupsUnavailableException")])

    def fail(_params: Any) -> None:  # noqa: ANN401 - boto3's parameters
        if failure := next(failures, None):
            raise failure

    before(tables, "UpdateContinuousBackups", fail)
    create_tables(tables, table_forms(RECOVERABLE))

    assert recovery(tables) == "ENABLED"


def test_a_recovery_that_failed_is_enabled_at_the_next_start(tables: Any) -> None:  # noqa: ANN401
    """Though the table exists then. Where it is enabled, nothing more is sent."""
    failures = iter([refusal("AccessDeniedException")])

    def fail_once(_params: Any) -> None:  # noqa: ANN401 - boto3's parameters
        if failure := next(failures, None):
            raise failure

    before(tables, "UpdateContinuousBackups", fail_once)
    with pytest.raises(ClientError):
        create_tables(tables, table_forms(RECOVERABLE))
    create_tables(tables, table_forms(RECOVERABLE))
    before(tables, "UpdateContinuousBackups", deny)
    create_tables(tables, table_forms(RECOVERABLE))

    assert recovery(tables) == "ENABLED"

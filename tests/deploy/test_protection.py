"""What the templates keep is encrypted, protected and out of others' reach."""

import fnmatch
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from consumer.fleet.table_forms import table_forms
from consumer.settings.kcl import KclSettings
from tests.deploy.lease_tables import table_resources
from tests.deploy.stacks import DEPLOY, ecs
from tests.project.policies import allowed

NAMES = ["ecs", "lambda"]
APPLICATION = "orders-publisher"
APPLICATION_NAME = "KCL_APPLICATION_NAME"
PLAIN_HTTP = {"Bool": {"aws:SecureTransport": "false"}}
SHAPE = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
OWN = {"Ref": "KeyArn"}
KEY_IN = {
    "AWS::DynamoDB::Table": "KMSMasterKeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::S3::Bucket": "KMSMasterKeyID",
    "AWS::SQS::Queue": "KmsMasterKeyId",
}


def resources(name: str) -> dict[str, dict[str, Any]]:
    """A template's resources."""
    return dict(yaml_parse((DEPLOY / f"{name}.yaml").read_text())["Resources"])


def values_of(part: object, key: str) -> list[Any]:
    """What a key has, anywhere in a part of a template."""
    if isinstance(part, dict):
        own = [part[key]] if key in part else []
        return own + [found for each in part.values() for found in values_of(each, key)]
    return (
        [found for each in part for found in values_of(each, key)] if isinstance(part, list) else []
    )


@pytest.mark.parametrize("name", NAMES)
def test_queues_and_buckets_refuse_plain_http(name: str) -> None:
    """Each has a policy that denies everything without TLS, to everybody."""
    made = resources(name)
    kept = {
        key for key, each in made.items() if each["Type"] in {"AWS::SQS::Queue", "AWS::S3::Bucket"}
    }
    policies = [
        each["Properties"]
        for each in made.values()
        if each["Type"] in {"AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"}
    ]
    of = {(each.get("Queues") or [each.get("Bucket")])[0]["Ref"] for each in policies}
    statements = [each["PolicyDocument"]["Statement"][0] for each in policies]

    assert of == kept
    assert len(kept) >= 2
    assert all(each["Effect"] == "Deny" and each["Principal"] == "*" for each in statements)
    assert all(each["Action"] in {"sqs:*", "s3:*"} for each in statements)
    assert all(each["Condition"] == PLAIN_HTTP for each in statements)


@pytest.mark.parametrize("name", NAMES)
def test_a_key_of_ones_own_encrypts_all_that_is_kept(name: str) -> None:
    """And only where one is named."""
    kept = {key: each for key, each in resources(name).items() if each["Type"] in KEY_IN}
    with_key = {key for key, each in kept.items() if _has_key(each["Properties"], each["Type"])}

    assert with_key == kept.keys()
    assert len(with_key) >= 4


def _has_key(properties: Any, kind: str) -> bool:  # noqa: ANN401 - any part of a template
    chosen = [then for name, then, _ in values_of(properties, "Fn::If") if name == "HasKey"]
    return OWN in chosen or OWN in values_of(chosen, KEY_IN[kind])


def test_the_tables_are_those_that_a_worker_would_create() -> None:
    """So that a worker has nothing to create."""
    forms = {form.name: form.request for form in table_forms(KclSettings(application_name=""))}

    assert {name: _shape(table) for name, table in table_resources().items()} == {
        name: _shape(request) for name, request in forms.items()
    }


def _shape(table: Any) -> dict[str, Any]:  # noqa: ANN401 - of a template or a call
    return {name: table[name] for name in SHAPE if name in table}


def test_the_lease_tables_are_protected() -> None:
    """From deletion, and against what is written by mistake."""
    tables = ecs(extras=True).tables

    assert set(tables) == {
        APPLICATION,
        f"{APPLICATION}-CoordinatorState",
        f"{APPLICATION}-WorkerMetricStats",
    }
    assert all(table["DeletionProtectionEnabled"] for table in tables.values())
    wanted = {"PointInTimeRecoveryEnabled": True}
    assert all(
        table["PointInTimeRecoverySpecification"] == wanted for table in table_resources().values()
    )


def test_no_task_starts_before_its_tables_are_there() -> None:
    """It would end with status 2, since it may not create them."""
    made = resources("ecs")
    tables = {name for name, each in made.items() if each["Type"] == "AWS::DynamoDB::Table"}
    (container,) = made["Task"]["Properties"]["ContainerDefinitions"]
    (name,) = (each for each in container["Environment"] if APPLICATION_NAME in each.values())

    assert set(made["Leases"]["DependsOn"]) == tables - {"Leases"}
    assert name["Value"]["Fn::If"][:2] == ["MakesLeaseTables", {"Ref": "Leases"}]
    assert ecs(extras=True).variables[APPLICATION_NAME] == APPLICATION


def test_the_worker_may_create_tables_only_where_the_stack_doesnt() -> None:
    """With `LeaseTables` = worker, until another value is taken."""
    assert "policy-bootstrap" not in ecs(extras=True).policies
    assert ecs(extras=False).tables == {}
    assert "policy-bootstrap" in ecs(extras=False).policies


def test_an_endpoint_lets_the_task_do_what_its_role_may_and_reach_nothing_else() -> None:
    """Each right of the role on these services, and no other role's."""
    stack = ecs(extras=True)
    rights = {
        right
        for policy in stack.policies.values()
        for right in allowed(policy)
        if right[0].split(":")[0] in {"dynamodb", "sns", "sqs"}
    }
    let_in = {right for policy in stack.endpoints.values() for right in allowed(policy)}
    statements = [policy["Statement"][0] for policy in stack.endpoints.values()]

    assert stack.endpoints.keys() == {"dynamodb", "dynamodb-streams", "sns", "sqs"}
    assert {right for right in rights if not _is_let_in(right, let_in)} == set()
    assert {resource for _, resource in let_in} <= {resource for _, resource in rights}
    assert all(each["Condition"]["ArnEquals"]["aws:PrincipalArn"] for each in statements)
    assert ecs(extras=False).endpoints == {}


def _is_let_in(right: tuple[str, str], let_in: set[tuple[str, str]]) -> bool:
    return any(fnmatch.fnmatchcase(right[0], each) and right[1] == what for each, what in let_in)


@pytest.mark.parametrize("name", NAMES)
def test_a_service_takes_a_role_for_this_account_alone(name: str) -> None:
    """So that nobody else has AWS act in its name."""
    roles = [each for each in resources(name).values() if each["Type"] == "AWS::IAM::Role"]
    trusts = [each["Properties"]["AssumeRolePolicyDocument"]["Statement"] for each in roles]

    assert roles
    for (statement,) in trusts:
        wanted = statement["Condition"]["StringEquals"]
        assert wanted == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}

"""Stacks of deploy/'s templates, created in moto within this process."""

import ast
import functools
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto import mock_aws
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from tests.deploy.endpoint_names import with_dns_entries
from tests.deploy.moto_models import register
from tests.deploy.no_values import without_no_values
from tests.places import ROOT

DEPLOY = ROOT / "deploy"
REGION = "eu-west-1"
ACCOUNT = "123456789012"
TOPIC_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/topic"
ON_CALL = f"arn:aws:sns:{REGION}:{ACCOUNT}:on-call"
OWN_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/own"
_ALL = {"DeadLetters": "true", "ClaimCheck": "true", "TopicKeyArn": TOPIC_KEY, "KeyArn": OWN_KEY}
_NONE = {"DeadLetters": "false", "ClaimCheck": "false"}
_SHARED_CLUSTER = "shared"


@dataclass(frozen=True)
class Stack:
    """A stack that was created.

    Attributes:
        status: CloudFormation's word for how that ended.
        outputs: What it tells.
        resources: The type of each resource, by its name in the template.
        policies: Those of the program's role, by name, with every name of the stack filled in.
        program: The task's container, or the function.
        runner: The service, or the mapping.
        variables: The program's environment.
        alarms: By name, without the application's.
        tables: The tables, by name.
        endpoints: The policy of each endpoint, by the service's name.
    """

    status: str
    outputs: Mapping[str, str]
    resources: Mapping[str, str]
    policies: Mapping[str, Any]
    program: Mapping[str, Any]
    runner: Mapping[str, Any]
    variables: Mapping[str, str]
    alarms: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    tables: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    endpoints: Mapping[str, dict[str, Any]] = field(default_factory=dict)


def parameters(name: str) -> dict[str, str]:
    """What the template's parameter file has."""
    lines = json.loads((DEPLOY / f"{name}.parameters.json").read_text())
    return dict(line.split("=", 1) for line in lines)


@functools.cache
def ecs(*, extras: bool) -> Stack:
    """The daemon on Fargate, in a cluster of its own with all that can be had, or with nothing."""
    register()
    with mock_aws():
        subnets = _client("ec2").describe_subnets()["Subnets"][:2]
        ids = ",".join(subnet["SubnetId"] for subnet in subnets)
        _client("ecs").create_cluster(clusterName=_SHARED_CLUSTER)
        ours = {"VpcId": subnets[0]["VpcId"], "Subnets": ids}
        more = {"VpcEndpoints": "true"}
        less = {"Cluster": _SHARED_CLUSTER, "LeaseTables": "worker"}
        ours |= {**_ALL, **more} if extras else {**_NONE, **less}
        wanted = parameters("ecs") | ours
        plain = without_no_values(yaml_parse((DEPLOY / "ecs.yaml").read_text()), wanted)
        ids_by_name = _create("ecs", json.dumps(with_dns_entries(plain)), wanted)
        service = _client("ecs").describe_services(
            cluster=ids_by_name.get("OwnCluster", _SHARED_CLUSTER),
            services=[ids_by_name["Service"]],
        )
        task = _client("ecs").describe_task_definition(taskDefinition=ids_by_name["Task"])
        (container,) = task["taskDefinition"]["containerDefinitions"]
        variables = {each["name"]: each["value"] for each in container["environment"]}
        policies = _policies(ids_by_name["TaskRole"])
        return Stack(
            *_described("ecs"),
            policies,
            container,
            service["services"][0],
            variables,
            tables=_tables(),
            endpoints=_endpoints(),
        )


@functools.cache
def function(*, extras: bool) -> Stack:
    """The function, with all that can be had, or with nothing."""
    register()
    with mock_aws():
        ours = {
            "StreamArn": _table_with_stream(),
            **_zip_in_bucket(),
            **({**_ALL, "AlarmTopicArn": ON_CALL} if extras else _NONE),
        }
        wanted = parameters("lambda") | ours
        template = json.dumps(translated((DEPLOY / "lambda.yaml").read_text(), wanted))
        ids_by_name = _create("lambda", template, wanted)
        made = _client("lambda").get_function(FunctionName=ids_by_name["Function"])
        (mapping,) = _client("lambda").list_event_source_mappings()["EventSourceMappings"]
        variables = made["Configuration"]["Environment"]["Variables"]
        policies = _policies(ids_by_name["Role"])
        return Stack(
            *_described("lambda"), policies, made["Configuration"], mapping, variables, _alarms()
        )


def translated(template: str, wanted: Mapping[str, str]) -> dict[str, Any]:
    """What SAM makes of a template: plain CloudFormation."""
    session = boto3.Session(region_name=REGION)
    made = Translator({}, Parser(), boto_session=session).translate(
        yaml_parse(template), dict(wanted)
    )
    return dict(made)


def _client(service: Any) -> Any:  # noqa: ANN401 - boto3's clients have no common type
    return boto3.client(service, region_name=REGION)


def _create(name: str, template: str, wanted: Mapping[str, str]) -> dict[str, str]:
    """Create a stack; return the ids of its resources."""
    stacks = _client("cloudformation")
    stacks.create_stack(
        StackName=name,
        TemplateBody=template,
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in wanted.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in _resources(name)}


def _resources(name: str) -> list[dict[str, str]]:
    """What a condition leaves out has no name in moto."""
    made = _client("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    return [each for each in made if "LogicalResourceId" in each]


def _described(name: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """How a stack's creation ended, its outputs, and the types of its resources."""
    stack = _client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    types = {each["LogicalResourceId"]: each["ResourceType"] for each in _resources(name)}
    return stack["StackStatus"], outputs, types


def _policies(role: str) -> dict[str, Any]:
    iam = _client("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    found = {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in names
    }
    # moto tells a policy that is part of its role as Python writes it.
    return {
        name: ast.literal_eval(policy) if isinstance(policy, str) else policy
        for name, policy in found.items()
    }


def _tables() -> dict[str, dict[str, Any]]:
    tables = _client("dynamodb")
    names = tables.list_tables()["TableNames"]
    return {name: dict(tables.describe_table(TableName=name)["Table"]) for name in names}


def _endpoints() -> dict[str, dict[str, Any]]:
    """Each policy, which moto tells as Python writes it."""
    made = _client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    return {
        each["ServiceName"].rpartition(".")[2]: ast.literal_eval(each["PolicyDocument"])
        for each in made
    }


def _alarms() -> dict[str, dict[str, Any]]:
    prefix = parameters("lambda")["ApplicationName"] + "-"
    alarms = _client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {each["AlarmName"].removeprefix(prefix): dict(each) for each in alarms}


def _table_with_stream() -> str:
    table = _client("dynamodb").create_table(
        TableName="orders",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return str(table["TableDescription"]["LatestStreamArn"])


def _zip_in_bucket() -> dict[str, str]:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("handler.py", "")
    files, place = _client("s3"), {"LocationConstraint": REGION}
    files.create_bucket(Bucket="code", CreateBucketConfiguration=place)
    files.put_object(Bucket="code", Key="code.zip", Body=content.getvalue())
    return {"CodeBucket": "code", "CodeKey": "code.zip"}

"""The lease tables of deploy/ecs.yaml."""

from collections.abc import Iterator, Mapping
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from tests.deploy.stacks import DEPLOY

_MADE_OF = {"AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema"}


def table_resources() -> dict[str, Mapping[str, Any]]:
    """The properties of each table, by the end of its name."""
    resources = yaml_parse((DEPLOY / "ecs.yaml").read_text())["Resources"].values()
    tables = [each["Properties"] for each in resources if each["Type"] == "AWS::DynamoDB::Table"]
    return {_end(each["TableName"]): each for each in tables}


def template_tables(application: str) -> Iterator[Mapping[str, Any]]:
    """The arguments of CreateTable for each table, unprotected, so that a test can delete it."""
    for end, table in table_resources().items():
        made_of = {name: value for name, value in table.items() if name in _MADE_OF}
        yield {"TableName": f"{application}{end}", **made_of}


def _end(name: Mapping[str, str]) -> str:
    return name.get("Fn::Sub", "${ApplicationName}").removeprefix("${ApplicationName}")

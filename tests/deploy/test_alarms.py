"""Alarms and dashboard: of metrics that exist, each with its entry in the runbook."""

import functools
import json
import re
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from consumer.reference.all_settings import all_settings
from consumer.telemetry.metrics import DIMENSIONS, METRICS, NAMESPACE, Kind
from tests.deploy.moto_models import register
from tests.deploy.stacks import ON_CALL, function
from tests.places import ROOT
from tests.project.tables import rows

REGION = "eu-west-1"
TEMPLATE = (ROOT / "deploy" / "alarms.yaml").read_text()
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
PAGE = (ROOT / "docs" / "metrics.md").read_text()
LAMBDA_PAGE = (ROOT / "docs" / "lambda.md").read_text()
TOLD = f"arn:aws:sns:{REGION}:123456789012:on-call"
FLEET = {"ApplicationName": "orders-publisher", "TableName": "orders"}
STATISTICS: dict[Kind, str] = {"sum": "Sum", "greatest": "Maximum"}
STREAM_KEEPS_SECONDS = 86_400
SIGNS = {
    "LessThanThreshold": "<",
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": ">=",
}
WITHOUT_DATA = {"breaching": "rings", "ignore": "stays as it is", "notBreaching": "is quiet"}


@dataclass(frozen=True)
class Made:
    """What CloudWatch has once the stack is there.

    Attributes:
        status: CloudFormation's word for how that ended.
        alarms: By name, without the application's.
        dashboards: Their bodies, by name.
        named: What the stack tells of its alarms.
    """

    status: str
    alarms: dict[str, dict[str, Any]]
    dashboards: dict[str, dict[str, Any]]
    named: list[str]


@functools.cache
def made(*, dashboard: bool = True, runbook: str = "docs/runbook.md") -> Made:
    """Create the stack on moto."""
    wanted = {**FLEET, "AlarmTopicArn": TOLD, "RunbookUrl": runbook}
    wanted["Dashboard"] = str(dashboard).lower()
    register()
    with mock_aws():
        stacks = boto3.client("cloudformation", region_name=REGION)
        stacks.create_stack(
            StackName="alarms",
            TemplateBody=TEMPLATE,
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in wanted.items()],
        )
        watch = boto3.client("cloudwatch", region_name=REGION)
        boards = watch.list_dashboards()["DashboardEntries"]
        (stack,) = stacks.describe_stacks(StackName="alarms")["Stacks"]
        return Made(
            stack["StackStatus"],
            {
                each["AlarmName"].removeprefix("orders-publisher-"): dict(each)
                for each in watch.describe_alarms()["MetricAlarms"]
            },
            {
                name: json.loads(watch.get_dashboard(DashboardName=name)["DashboardBody"])
                for name in (board["DashboardName"] for board in boards)
            },
            stack["Outputs"][0]["OutputValue"].split(","),
        )


def entries() -> list[str]:
    """The runbook's headings."""
    return re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE)


def anchor(heading: str) -> str:
    """Where a link finds a heading."""
    return heading.lower().replace(" ", "-")


def test_every_alarm_is_made_and_told_to_the_topic() -> None:
    """Its beginning and its end."""
    stack = made()

    assert stack.status == "CREATE_COMPLETE"
    assert len(stack.alarms) == 11
    assert stack.named == [f"orders-publisher-{name}" for name in stack.alarms]
    for alarm in stack.alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [TOLD]


def test_every_alarm_is_on_a_metric_that_is_written() -> None:
    """Under its name, its name space and its dimensions, by the statistic that its kind has."""
    known = {key: STATISTICS.get(metric.kind) for key, metric in METRICS.items()}
    for name, alarm in made().alarms.items():
        assert alarm["Namespace"] == NAMESPACE
        assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == FLEET
        assert tuple(FLEET) == DIMENSIONS
        assert alarm["Statistic"] == known[alarm["MetricName"]], name
        assert "Unit" not in alarm  # one that is misspelt finds no data, and never rings


def test_every_alarm_has_its_entry_in_the_runbook_and_the_other_way_round() -> None:
    """In the runbook's order, linked from the description, which says what it means."""
    alarms = {**made().alarms, **function(extras=True).alarms}
    for name, alarm in alarms.items():
        meaning, _, link = alarm["AlarmDescription"].rpartition(" ")
        assert link == f"docs/runbook.md#{name}"
        assert meaning.endswith(".")
        assert len(meaning) > 40

    assert [anchor(heading) for heading in entries()] == list(alarms)


def test_an_entry_says_what_it_means_where_to_look_and_what_to_do_or_not() -> None:
    """At three in the morning nobody looks for it."""
    for section in RUNBOOK.split("\n## ")[1:]:
        parts = re.findall(r"^\*\*(\w[\w' ]*)\*\*:?", section, re.MULTILINE)
        assert parts == ["Means", "First look", "Do", "Don't"], section.splitlines()[0]
        assert "    stream-publisher " in section


def test_the_runbook_names_the_thresholds_that_can_be_set() -> None:
    """With their defaults."""
    text = RUNBOOK.replace(",", "").replace("three (", "3 (").replace("\n", " ")
    defaults = {"LagMillis": 300_000, "AgeWarningSeconds": 14_400, "AgeCriticalSeconds": 64_800}
    for name, default in (defaults | {"RestartsIn15Minutes": 3}).items():
        assert f"{name}:\n    Type: Number\n    Default: {default}\n" in TEMPLATE
        assert re.search(rf"\b{default}\b[^.]*\(`{name}`\)", text), name


def test_there_is_time_between_the_two_levels_of_age_and_before_the_edge() -> None:
    """Hours, since somebody has to wake up."""
    warning, critical = (made().alarms[f"age-{level}"] for level in ("warning", "critical"))
    hour = 3600

    assert warning["MetricName"] == critical["MetricName"] == "OldestUnpublishedAge"
    assert warning["Threshold"] + 8 * hour < critical["Threshold"]
    assert critical["Threshold"] + 4 * hour < STREAM_KEEPS_SECONDS


@pytest.mark.parametrize("name", ["no-worker", "no-heartbeat"])
def test_silence_is_an_alarm_of_its_own(name: str) -> None:
    """Where nobody speaks there is no data; and nobody speaks less often than the alarm looks."""
    alarm = made().alarms[name]
    (interval,) = (each for each in all_settings() if each.key == "publisher.metricsIntervalMillis")

    assert alarm["TreatMissingData"] == "breaching"
    assert int(str(interval.default)) <= alarm["Period"] * 1000


def test_the_page_lists_every_alarm_with_when_it_rings() -> None:
    """As it is in the template."""
    assert rows(PAGE, "Alarms") == [
        [f"[{heading}](runbook.md#{anchor(heading)})", condition(alarm), without_data(alarm)]
        for heading, alarm in zip(entries(), made().alarms.values(), strict=False)
    ]
    assert f"0.10 USD x {len(made().alarms)}, of deploy/alarms.yaml" in PAGE
    assert f"{0.10 * len(made().alarms):.2f} USD" in PAGE


def test_a_functions_alarms_are_told_to_the_topic_that_is_named() -> None:
    """Their beginning and their end; without a topic there are none."""
    stack = function(extras=True)
    alarms = stack.alarms
    dimensions = [each["Dimensions"] for each in alarms.values()]

    assert list(alarms) == ["old-changes", "discarded-batches"]
    assert dimensions == [
        [{"Name": "FunctionName", "Value": stack.program["FunctionName"]}],
        [{"Name": "QueueName", "Value": stack.outputs["DiscardedQueueUrl"].rpartition("/")[2]}],
    ]
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [ON_CALL]
    assert function(extras=False).alarms == {}


def test_the_page_lists_a_functions_alarms_with_when_they_ring() -> None:
    """As they are in the template."""
    alarms = function(extras=True).alarms
    assert rows(LAMBDA_PAGE, "What an operator sees") == [
        [f"[{heading}](runbook.md#{anchor(heading)})", condition(alarm), without_data(alarm)]
        for heading, alarm in zip(entries()[-len(alarms) :], alarms.values(), strict=True)
    ]


def test_an_alarm_rings_hours_before_lambda_gives_a_change_up() -> None:
    """While there is time to fix what holds it up."""
    stack = function(extras=True)
    gives_up_millis = stack.runner["MaximumRecordAgeInSeconds"] * 1000

    assert stack.alarms["old-changes"]["Threshold"] * 4 < gives_up_millis


def condition(alarm: dict[str, Any]) -> str:
    """When an alarm rings, in a few words."""
    sign = f"{SIGNS[alarm['ComparisonOperator']]} {alarm['Threshold']:,.0f}"
    minutes = alarm["Period"] // 60
    often = f"{alarm['DatapointsToAlarm']} of {alarm['EvaluationPeriods']}"
    return f"`{alarm['MetricName']}` {sign} in {often} " + (
        "minutes" if minutes == 1 else f"times {minutes} minutes"
    )


def without_data(alarm: dict[str, Any]) -> str:
    """What an alarm does without data, in a few words."""
    return WITHOUT_DATA[alarm["TreatMissingData"]]


def test_the_dashboard_shows_every_metric_and_every_alarm() -> None:
    """Of this fleet."""
    (board,) = made().dashboards.values()
    widgets = [widget["properties"] for widget in board["widgets"]]
    shown = [line for widget in widgets for line in widget.get("metrics", [])]
    (alarms,) = (widget["alarms"] for widget in widgets if "alarms" in widget)

    assert {line[1] for line in shown} == set(METRICS)
    for line in shown:
        names = [name for name in line if isinstance(name, str)]
        assert names[0] == NAMESPACE
        assert dict(zip(names[2::2], names[3::2], strict=True)) == FLEET
    assert {arn.rpartition(":")[2] for arn in alarms} == set(made().named)


def test_the_dashboard_can_be_left_out_and_the_runbook_lie_elsewhere() -> None:
    """Three dashboards of an account cost nothing; the fourth does."""
    stack = made(dashboard=False, runbook="https://example.com/docs/runbook.md")
    link = stack.alarms["lag"]["AlarmDescription"].rpartition(" ")[2]

    assert stack.dashboards == {}
    assert link == "https://example.com/docs/runbook.md#lag"

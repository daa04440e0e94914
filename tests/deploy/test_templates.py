"""CloudFormation templates: linted, created, and with the rights that the policy files list."""

import json
import re
import subprocess

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.deploy.stacks import ACCOUNT, DEPLOY, REGION, Stack, ecs, function, parameters

TEMPLATES = sorted(DEPLOY.glob("*.yaml"))
MAKE = {"ecs": ecs, "lambda": function}
OWN_POLICY = {"ecs": "policy", "lambda": "policy-lambda"}
FARGATE_WAITS_SECONDS = 120


def test_the_linter_finds_nothing() -> None:
    """In no template, information included."""
    command = ["cfn-lint", "--include-checks", "I", "--", *map(str, TEMPLATES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {"ecs.yaml", "lambda.yaml"} <= {template.name for template in TEMPLATES}


@pytest.mark.parametrize("name", list(MAKE))
@pytest.mark.parametrize("extras", [True, False], ids=["with extras", "without"])
def test_a_stack_gives_the_rights_that_the_files_list(name: str, *, extras: bool) -> None:
    """Statement by statement, on the stack's own names; those of an extra only with it."""
    stack, own = MAKE[name](extras=extras), OWN_POLICY[name]
    extra = ["policy-topic-key", f"{own}-dead-letters", f"{own}-claim-check", f"{own}-key"]
    # Without extras the worker creates its lease tables itself.
    first = ["policy-bootstrap"] if name == "ecs" else []
    wanted = {own, *(extra if extras else first)}

    assert stack.status == "CREATE_COMPLETE"
    assert stack.policies.keys() == wanted
    assert stack.policies == {policy: listed(policy, name, stack) for policy in wanted}


def listed(policy: str, name: str, stack: Stack) -> object:
    """A policy file, with a stack's names in place of the words that stand for them."""
    names = {
        "TABLE": "orders",
        "TOPIC": "order-changes",
        "KEY": "topic" if policy == "policy-topic-key" else "own",
        "PARTITION": "aws",
        "SUFFIX": "amazonaws.com",
        "LOG": stack.outputs["LogGroup"],
        "APPLICATION": parameters(name)["ApplicationName"],
        "REGION": REGION,
        "ACCOUNT": ACCOUNT,
        "QUEUE": stack.outputs.get("DeadLetterQueueUrl", "").rpartition("/")[2],
        "DISCARDED": stack.outputs.get("DiscardedQueueUrl", "").rpartition("/")[2],
        "BUCKET": stack.outputs.get("ClaimCheckBucket", ""),
    }
    text = (DEPLOY / f"{policy}.json").read_text()
    return json.loads(re.sub(r"\b[A-Z]{3,}\b", lambda word: names[word[0]], text))


def test_no_task_starts_before_its_rights_are_there() -> None:
    """They are made with the roles, which the task names, and not beside them."""
    resources = yaml_parse((DEPLOY / "ecs.yaml").read_text())["Resources"]
    roles = [each for each in resources.values() if each["Type"] == "AWS::IAM::Role"]

    assert [len(role["Properties"]["Policies"]) for role in roles] == [6, 2]
    assert "AWS::IAM::Policy" not in {each["Type"] for each in resources.values()}


def test_the_page_names_what_the_stack_makes() -> None:
    """For a task that runs `doctor`: cluster, service, task definition and container."""
    page = (DEPLOY.parent / "docs" / "deploy.md").read_text()
    (command,) = re.findall(r"aws ecs run-task (.*\n)*?.*--overrides '(.*)'", page)
    name, stack = parameters("ecs")["ApplicationName"], ecs(extras=True)

    assert json.loads(command[1]) == {
        "containerOverrides": [{"name": stack.program["name"], "command": ["doctor"]}]
    }
    assert page.count(f"--cluster {name} ") == 2
    assert f"--task-definition {name} " in page
    assert f"--services {name} " in page
    assert stack.runner["serviceName"] == name


def test_fargate_waits_for_the_end_of_a_stop() -> None:
    """Longer than the daemon takes at most, and not longer than Fargate would."""
    stack = ecs(extras=True)
    grace_seconds = int(stack.variables["KCL_SHUTDOWN_GRACE_MILLIS"]) / 1000

    assert grace_seconds + 10 <= stack.program["stopTimeout"] <= FARGATE_WAITS_SECONDS


def test_the_container_is_locked_down() -> None:
    """No root, nothing to write to, no capability, no secret; and its health is asked for."""
    container = ecs(extras=True).program

    assert container["user"] == "10001:10001"
    assert container["readonlyRootFilesystem"] is True
    assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert container["healthCheck"]["command"] == ["CMD", "stream-publisher", "health"]
    assert "secrets" not in container


def test_a_deployment_starts_the_new_worker_before_it_stops_the_old() -> None:
    """And turns back by itself where the new one doesn't come up."""
    service = yaml_parse((DEPLOY / "ecs.yaml").read_text())["Resources"]["Service"]
    deployment = service["Properties"]["DeploymentConfiguration"]

    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_the_service_runs_in_a_cluster_of_its_own_unless_one_is_named() -> None:
    """With as many workers as asked for."""
    own, guest = ecs(extras=True), ecs(extras=False)

    assert (own.runner["status"], own.runner["desiredCount"]) == ("ACTIVE", 1)
    assert own.runner["clusterArn"].endswith(f":cluster/{parameters('ecs')['ApplicationName']}")
    assert guest.runner["clusterArn"].endswith(":cluster/shared")
    assert "OwnCluster" not in guest.resources


@pytest.mark.parametrize("name", list(MAKE))
def test_what_holds_data_outlives_the_stack(name: str) -> None:
    """Dead letters, large changes, leases, logs and what was discarded."""
    resources = yaml_parse((DEPLOY / f"{name}.yaml").read_text())["Resources"]
    kinds = {
        "AWS::DynamoDB::Table",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SQS::Queue",
    }
    data = [each for each in resources.values() if each["Type"] in kinds]

    assert len(data) >= 3
    assert {each["DeletionPolicy"] for each in data} == {"Retain"}
    assert {each["UpdateReplacePolicy"] for each in data} == {"Retain"}


def test_a_large_change_outlives_the_letter_that_points_to_it() -> None:
    """The bucket keeps for longer than the queue."""
    resources = yaml_parse((DEPLOY / "ecs.yaml").read_text())["Resources"]
    kept_seconds = resources["Letters"]["Properties"]["MessageRetentionPeriod"]
    (rule,) = resources["LargeChanges"]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert rule["ExpirationInDays"] * 24 * 3600 > kept_seconds


def test_the_mapping_discards_nothing_without_a_word() -> None:
    """Ten changes at a time; what fails is tried until it is too old, and then told to a queue."""
    stack = function(extras=True)
    mapping, queue = stack.runner, stack.outputs["DiscardedQueueUrl"].rpartition("/")[2]

    assert mapping["BatchSize"] == 10
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRetryAttempts"] == -1
    assert 0 < mapping["MaximumRecordAgeInSeconds"] < 24 * 3600
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"].endswith(f":{queue}")

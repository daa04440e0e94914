"""Each way to deploy gives settings that the program takes, under the same names."""

import re
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest

from consumer.settings.known import known_keys
from consumer.settings.resolve import resolve
from consumer.settings.variables import environment_name
from tests.deploy.endpoint_names import name_of
from tests.deploy.stacks import ecs, function
from tests.deploy.variables import EC2, KUBERNETES, read, uncommented
from tests.places import ROOT

NEEDED = {"PUBLISHER_TABLE", "PUBLISHER_TOPIC_ARN"}
EXTRAS = {
    "PUBLISHER_ON_POISON",
    "PUBLISHER_DEAD_LETTER_QUEUE_URL",
    "PUBLISHER_CLAIM_CHECK_BUCKET",
}
WORKER = {
    "AWS_REGION",
    "KCL_APPLICATION_NAME",
    "KCL_SHUTDOWN_GRACE_MILLIS",
    "PUBLISHER_HEALTH_PORT",
}
PRIVATE = {
    "AWS_ENDPOINT_URL_DYNAMODB": "TablesEndpoint",
    "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": "StreamsEndpoint",
    "AWS_ENDPOINT_URL_SNS": "TopicEndpoint",
    "AWS_ENDPOINT_URL_SQS": "QueueEndpoint",
}
SERVICES = {
    "AWS_ENDPOINT_URL_DYNAMODB": "dynamodb",
    "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": "dynamodbstreams",
    "AWS_ENDPOINT_URL_SNS": "sns",
    "AWS_ENDPOINT_URL_SQS": "sqs",
}


@pytest.mark.parametrize("extras", [True, False], ids=["with extras", "without"])
def test_ecs_gives_what_a_worker_needs(*, extras: bool) -> None:
    """With queue and bucket and without."""
    given = ecs(extras=extras).variables
    configuration = resolve({}, given)

    assert given.keys() == NEEDED | EXTRAS | WORKER | (PRIVATE.keys() if extras else set())
    assert configuration.table == "orders"
    assert (configuration.publisher.dead_letter_queue_url is not None) == extras
    assert (configuration.publisher.claim_check_bucket is not None) == extras


@pytest.mark.parametrize("variable", list(PRIVATE))
def test_a_private_endpoint_is_the_one_that_is_asked(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """It has no private DNS, so that the SDKs have to be told; Java's reads the same variables."""
    monkeypatch.setenv(variable, ecs(extras=True).variables[variable])
    service: Any = SERVICES[variable]
    asked = boto3.client(service, region_name="eu-west-1").meta.endpoint_url

    assert asked == f"https://{name_of(PRIVATE[variable])}"


@pytest.mark.parametrize("extras", [True, False], ids=["with extras", "without"])
def test_lambda_gives_what_a_function_needs(*, extras: bool) -> None:
    """With queue and bucket and without; KCL has no part in it."""
    given = function(extras=extras).variables
    configuration = resolve({}, {**given, "KCL_APPLICATION_NAME": "function"})

    assert given.keys() == NEEDED | EXTRAS
    assert configuration.table == "orders"
    assert (configuration.publisher.on_poison == "dead-letter") == extras


@pytest.mark.parametrize("file", [EC2, KUBERNETES], ids=["ec2", "kubernetes"])
def test_a_file_of_variables_gives_what_a_worker_needs(file: Path) -> None:
    """As it is, and with what stands there commented out."""
    plain = resolve({}, read(file))
    whole = resolve({}, uncommented(file))

    assert read(file).keys() - {"PUBLISHER_HEALTH_HOST"} == NEEDED | WORKER
    assert uncommented(file).keys() - {"PUBLISHER_HEALTH_HOST"} == NEEDED | WORKER | EXTRAS
    assert plain.publisher.on_poison == "stop"
    assert whole.publisher.on_poison == "dead-letter"


def test_the_runbook_asks_at_the_port_that_the_files_set() -> None:
    """Which is the image's."""
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    ports = {read(file)["PUBLISHER_HEALTH_PORT"] for file in (EC2, KUBERNETES)}

    assert set(re.findall(r"stream-publisher health --port (\d+)", runbook)) == ports
    assert f"PUBLISHER_HEALTH_PORT={ports.pop()}" in (ROOT / "Dockerfile").read_text()


def test_a_shell_reads_the_file_as_systemd_does() -> None:
    """For an operator; the value with spaces that its comment shows, too."""
    (quoted,) = re.findall(r'PUBLISHER_JAVA_OPTIONS="[^"]+"', EC2.read_text())
    script = f"set -a; . {EC2}; {quoted}; env"
    done = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True)

    wanted = {f"{name}={value}" for name, value in read(EC2).items()}
    assert set(done.stdout.splitlines()) >= {*wanted, quoted.replace('"', "")}


def test_the_names_are_those_of_the_settings() -> None:
    """Without a list of their own in any of the ways."""
    known = {environment_name(key) for key in known_keys()} | {"AWS_REGION"}

    assert known >= NEEDED | EXTRAS | WORKER

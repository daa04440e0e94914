"""Each way to deploy gives settings that the program takes, under the same names."""

from pathlib import Path

import pytest

from consumer.settings.keys import known_keys
from consumer.settings.names import environment_name
from consumer.settings.resolve import resolve
from tests.deploy.stacks import ecs, function
from tests.deploy.variables import EC2, KUBERNETES, read, uncommented

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


@pytest.mark.parametrize("extras", [True, False], ids=["with extras", "without"])
def test_ecs_gives_what_a_worker_needs(*, extras: bool) -> None:
    """With queue and bucket and without."""
    given = ecs(extras=extras).variables
    configuration = resolve({}, given)

    assert given.keys() == NEEDED | EXTRAS | WORKER
    assert configuration.table == "orders"
    assert (configuration.publisher.dead_letter_queue_url is not None) == extras
    assert (configuration.publisher.claim_check_bucket is not None) == extras


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


def test_the_names_are_those_of_the_settings() -> None:
    """Without a list of their own in any of the ways."""
    known = {environment_name(key) for key in known_keys()} | {"AWS_REGION"}

    assert known >= NEEDED | EXTRAS | WORKER

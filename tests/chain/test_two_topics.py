"""Two topics of one application, on the real daemon: the second is refused, or told of."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from consumer.demo.daemon import PROPERTIES
from consumer.sandbox.process import ManagedProcess
from consumer.sandbox.waits import wait_for
from tests.chain.world import World

pytestmark = pytest.mark.server

RUN = [
    *(sys.executable, "-m", "consumer", "run"),
    *("--properties", str(PROPERTIES), "--log-format", "json"),
]


def other_topic(world: World) -> dict[str, str]:
    """The settings of a worker of the same application that publishes to a topic of its own."""
    name = f"other-{world.application}"
    arn = world.sandbox.client("sns").create_topic(Name=name)["TopicArn"]
    return world.environment() | {"PUBLISHER_TOPIC_ARN": arn, "KCL_WORKER_ID": "second"}


def test_a_second_topic_is_refused_while_workers_of_the_first_run(world: World) -> None:
    """With the first one's name; every change still goes to the first."""
    world.start_daemon()
    world.write(20)
    world.receive_everything()
    environment = other_topic(world)
    done = subprocess.run(RUN, env=environment, capture_output=True, text=True, check=False)
    (line,) = [json.loads(each) for each in done.stderr.splitlines()]
    world.write(20)
    world.receive_everything()

    assert (done.returncode, line["event"]) == (2, "configuration_refused")
    assert f"publishes to '{world.topic_arn}'; stop it first" in line["message"]


def test_a_second_topic_that_is_wanted_is_told_by_status_and_doctor(
    world: World, tmp_path: Path
) -> None:
    """With --change-topic a worker starts; until the first one is gone, both commands say so."""
    world.start_daemon()
    world.write(5)
    world.receive_everything()
    environment = other_topic(world)
    second = ManagedProcess([*RUN, "--change-topic"], tmp_path / "second", environment)
    try:
        wait_for(lambda: "second" in {row["wid"]["S"] for row in world.reports()})
        status = json.loads(world.run("status", "--json").stdout)
        doctor = json.loads(world.run("doctor", "--elsewhere", "--json").stdout)
    finally:
        second.kill()
    (finding,) = [each for each in doctor["findings"] if each["check"] == "one topic"]

    assert len(status["warnings"]) == 1
    assert environment["PUBLISHER_TOPIC_ARN"] in status["warnings"][0]
    assert finding["thing"] == "worker second"
    assert finding["wrong"].startswith(f"publishes to {environment['PUBLISHER_TOPIC_ARN']}")

"""A topic that is throttled without end: its changes become letters, and arrive after all."""

import json
import subprocess
import sys
import threading
import uuid
from typing import Any

import pytest

from consumer.demo.changes import Change
from consumer.demo.table import TABLE, write_changes
from consumer.sandbox.backends import REGION
from consumer.sandbox.proxy import Proxy, Request, Response
from consumer.sandbox.waits import wait_for
from tests.chain.world import World

pytestmark = pytest.mark.server

THROTTLED = b"""\
<ErrorResponse><Error><Code>Throttled</Code><Message>slower</Message></Error></ErrorResponse>\
"""
LARGE = {"id": {"S": "large"}, "version": {"N": "1000"}, "text": {"S": "x" * 300_000}}


def test_what_is_given_up_is_a_letter_and_can_be_redriven(world: World) -> None:
    """Large ones, too; what comes later is published as ever."""
    sqs, files = world.sandbox.client("sqs"), world.sandbox.client("s3")
    bucket = f"large-{uuid.uuid4().hex[:8]}"
    files.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    settings = {
        "PUBLISHER_ON_POISON": "dead-letter",
        "PUBLISHER_DEAD_LETTER_QUEUE_URL": sqs.create_queue(QueueName=bucket)["QueueUrl"],
        "PUBLISHER_MAX_ATTEMPTS": "3",
        "PUBLISHER_CLAIM_CHECK_BUCKET": bucket,
    }
    throttling = threading.Event()
    throttling.set()

    def throttle(request: Request) -> Response | None:
        is_held = throttling.is_set() and b"Action=Publish" in request.body
        return Response(400, THROTTLED) if is_held else None

    world.write(4)
    large = [Change("INSERT", "large", LARGE, None)]
    write_changes(world.sandbox.client("dynamodb"), large, lambda c: world.tally.write(c, 0))
    with Proxy(world.sandbox.topics.url, instead=throttle) as topics:
        daemon = world.start_daemon({**settings, "AWS_ENDPOINT_URL_SNS": topics.url})
        wait_for(lambda: daemon.process.log.read_text().count("record_dead_lettered") == 5)
        throttling.clear()
        world.write(3)
        assert world.receive_until(lambda: world.tally.arrived == 3), world.logs()
    letters = list_letters(world, settings)
    redriven = dead_letters(world, settings, "redrive", "--all")
    world.receive_everything()

    assert [letter["complete"] for letter in letters] == [True] * 5
    assert all("given up after 3 attempts in" in letter["reason"] for letter in letters)
    assert redriven.returncode == 0, redriven.stderr
    compared = world.tally.comparison()
    assert (compared.delivered, compared.foreign, compared.duplicates) == (8, 0, 0)


def list_letters(world: World, settings: dict[str, str]) -> list[dict[str, Any]]:
    """What `dead-letters list` shows."""
    listed = dead_letters(world, settings, "list", "--json")
    return [json.loads(line) for line in listed.stdout.splitlines()]


def dead_letters(
    world: World, settings: dict[str, str], *command: str
) -> subprocess.CompletedProcess[str]:
    """`stream-publisher dead-letters` with the worker's settings."""
    names = {
        "PUBLISHER_TABLE": TABLE,
        "PUBLISHER_TOPIC_ARN": world.topic_arn,
        "KCL_APPLICATION_NAME": world.application,
    }
    return subprocess.run(
        [sys.executable, "-m", "consumer", "dead-letters", *command],
        env={**world.sandbox.environment(), **names, **settings},
        capture_output=True,
        text=True,
        check=False,
    )

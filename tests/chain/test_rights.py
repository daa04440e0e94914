"""The policies of operators and of the function grant each call that is made, and no other."""

import json
import logging
import re
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from consumer.demo.table import TABLE
from consumer.function.start import start
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import DroppedError, Proxy, Request
from tests.chain.rights import Right, Rights, granted, sids
from tests.chain.stage import Stage, large_event
from tests.chain.world import World
from tests.function.runtime import Context
from tests.places import ROOT
from tests.project.tables import rows
from tests.replay.still_fleet import Clock, Family, StillFleet
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.stream import SimulatedStream

pytestmark = pytest.mark.server

OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
# What Lambda does in the function's name: the mapping's reads, its telling of what it discards,
# and the runtime's log.
LAMBDAS_OWN = {"ReadTheStream", "TellOfDiscardedBatches", "WriteTheLog"}
# Used only where the topic refuses a message with an item for what is in it, which moto never does.
RARE = {"backfill": {"SendLetters", "KeepLargeLetters"}}


def policy(name: str) -> dict[str, Any]:
    """A policy file."""
    return dict(json.loads((ROOT / "deploy" / f"{name}.json").read_text()))


@pytest.fixture
def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """All that can be had, in this process's environment."""
    name = f"large-{uuid.uuid4().hex[:8]}"
    url = world.sandbox.client("sqs").create_queue(QueueName=f"letters-of-{name}")["QueueUrl"]
    words = {
        world.topic_arn.rpartition(":")[2]: "TOPIC",
        f"letters-of-{name}": "QUEUE",
        name: "BUCKET",
        world.application: "APPLICATION",
        f"table/{TABLE}": "table/TABLE",
    }
    settings = world.environment() | {
        "PUBLISHER_ON_POISON": "dead-letter",
        "PUBLISHER_DEAD_LETTER_QUEUE_URL": url,
        "PUBLISHER_CLAIM_CHECK_BUCKET": name,
    }
    for key, value in settings.items():
        monkeypatch.setenv(key, value)
    return Stage(world, name, url, Rights(words))


@pytest.fixture
def fleet(sandbox: Sandbox, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[StillFleet]:
    """Leases of a simulated stream that the table is said to have, one of them cleaned up.

    DynamoDB never tells that it has written a replay.
    """
    clock = Clock()
    stream = SimulatedStream(TABLE, 1, now=clock)

    def change(request: Request, body: bytes) -> bytes:
        if request.operation == "TransactWriteItems":
            raise DroppedError
        arn = f'"LatestStreamArn":"{stream.arn}"'
        return re.sub(rb'"LatestStreamArn": ?"[^"]+"', arn.encode(), body)

    with StreamsEndpoint(stream) as endpoint, Proxy(sandbox.tables.url, change=change) as tables:
        fleet = StillFleet(sandbox.client("dynamodb"), stream, endpoint, clock)
        family = Family(fleet)
        key = {"leaseKey": {"S": family.parent}}
        fleet.tables.delete_item(TableName=fleet.application, Key=key)
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", tables.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", endpoint.url)
        monkeypatch.setenv("KCL_APPLICATION_NAME", fleet.application)
        stage.rights.words = {**stage.rights.words, fleet.application: "APPLICATION"}
        yield fleet


@pytest.fixture
def _own_logging() -> Iterator[None]:
    """What a start of the function sets for its process ends with the test."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level, sys.excepthook = handlers, level, hook


@pytest.mark.usefixtures("fleet", "_own_logging")
def test_an_operator_may_do_what_the_commands_do(stage: Stage, tmp_path: Path) -> None:
    """docs/operations.md says which statements a command needs: all of them, and no others."""
    stage.put_large_letter()
    stage.run("status", "--json")
    # Leases are watched for as long as one lasts.
    stage.run("doctor", "--elsewhere", "--json", KCL_FAILOVER_TIME_MILLIS="1000")
    stage.run("replay", "--from", "15m ago", "--yes", "--json")
    stage.run("replay", "--history")
    stage.put_large_item()
    # For an application without workers, so that there are no tables of theirs.
    stage.run("backfill", "--yes", KCL_APPLICATION_NAME=stage.world.application)
    (letter,) = stage.run("dead-letters", "list", "--json").splitlines()
    stage.run("dead-letters", "show", json.loads(letter)["id"])
    stage.run("dead-letters", "redrive", "--all")
    with ThreadPoolExecutor(1) as pool:
        published = pool.submit(stage.publish_pointer)
        stage.run("listen", stage.world.topic_arn, "--max-messages", "1", "--idle-seconds", "30")
        published.result()
    event = tmp_path / "event.json"
    event.write_text(json.dumps(large_event()))
    stage.run("simulate", str(event), "--publish")

    operator, worker = policy("policy-operator"), set[Right]()
    for name in ("policy", "policy-dead-letters", "policy-claim-check"):
        worker |= granted(policy(name), sids(policy(name)))
    needed = {
        command.strip("`"): set(re.findall(r"`(\w+)`", statements))
        for command, statements in rows(OPERATIONS, "Rights")
    }
    uses = {
        command.split()[0]: granted(operator, statements - RARE.get(command, set()))
        for command, statements in needed.items()
    }
    # A doctor runs as a worker does, and has nothing but the worker's rights to try.
    uses["doctor"] |= worker & stage.rights.used["doctor"]
    assert stage.rights.used == uses
    assert set().union(*needed.values()) == sids(operator)


@pytest.mark.usefixtures("_own_logging")
def test_the_function_may_do_what_an_invocation_does(stage: Stage) -> None:
    """Beside what Lambda itself does in its name."""
    environ = {
        **stage.world.environment(),
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "PUBLISHER_ON_POISON": "dead-letter",
        "PUBLISHER_DEAD_LETTER_QUEUE_URL": stage.queue_url,
        "PUBLISHER_CLAIM_CHECK_BUCKET": stage.name,
    }
    with stage.rights.of("function"):
        answer = start(environ).handle(large_event(), Context())

    own, *extras = [
        policy(f"policy-lambda{extra}") for extra in ("", "-dead-letters", "-claim-check")
    ]
    uses = granted(own, {"Publish"}).union(*(granted(each, sids(each)) for each in extras))
    assert answer == {"batchItemFailures": []}
    assert stage.rights.used["function"] == uses
    assert sids(own) == {"Publish"} | LAMBDAS_OWN

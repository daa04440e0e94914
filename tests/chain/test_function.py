"""The Lambda function out of its zip, on the changes that a daemon publishes too."""

import importlib.util
import json
import platform
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from consumer.demo.changes import Change, plan_changes
from consumer.demo.table import TABLE, write_changes
from consumer.local.subscription import Received
from consumer.sandbox.backends import Sandbox
from deploy.lambda_zip import LIMIT, Built, Target, build
from tests.chain.world import new_world
from tests.function.samples import EVERY_TYPE
from tests.function.stream import read_stream
from tests.places import ROOT
from tests.schemas.validation import CheckedSubscription

# One zip and one run are looked at by every test here: they stay in one process.
pytestmark = [pytest.mark.server, pytest.mark.xdist_group("function")]

CHANGES = 1000
PUBLISHED = 720
"""Inserts, removes, and the first six updates: the filter wants no others."""
HANDLER = "consumer.function.entry.handle"
HERE = Target(
    architecture=platform.machine().replace("aarch64", "arm64"),
    python=".".join(platform.python_version_tuple()[:2]),
)
FILTER = [
    {"eventName": ["INSERT", "REMOVE"]},
    {"dynamodb": {"NewImage": {"version": {"N": [{"numeric": ["<", 20]}]}}}},
]
SETTINGS = {
    "PUBLISHER_ENTRY_METADATA": "true",
    "PUBLISHER_FILTER": json.dumps(FILTER),
    "PUBLISHER_EXCLUDE_ATTRIBUTES": "note",
    "PUBLISHER_MASK_ATTRIBUTES": "amount",
    "PUBLISHER_MASK_KEY": "0123456789abcdef",
}
# What the zip leaves to Lambda's runtime.
BOTO3 = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The zip for this very machine and Python."""
    return build(HERE, tmp_path_factory.mktemp("zip") / "function.zip")


@dataclass(frozen=True)
class Runtime:
    """A Python that has the unpacked zip and boto3, and nothing else."""

    path: Sequence[Path]

    def invoke(
        self, events: Sequence[object], environ: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Hand events over after a cold start."""
        return subprocess.run(
            [sys.executable, "-S", str(ROOT / "tests" / "function" / "runtime.py"), HANDLER],
            input="".join(json.dumps(event) + "\n" for event in events),
            env={**environ, "PYTHONPATH": ":".join(map(str, self.path))},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def runtime(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """Lambda's, as far as it matters here."""
    task, own = tmp_path_factory.mktemp("task"), tmp_path_factory.mktemp("runtime")
    with zipfile.ZipFile(built.file) as archive:
        archive.extractall(task)
    for name in BOTO3:
        found = importlib.util.find_spec(name)
        assert found
        assert found.origin
        place = Path(found.origin)
        place = place.parent if place.name == "__init__.py" else place
        (own / place.name).symlink_to(place)
    return Runtime([task, own])


@dataclass(frozen=True)
class Run:
    """The same changes, published by both."""

    daemon: list[Received]
    function: list[Received]
    answers: list[Mapping[str, Any]]
    log: list[Mapping[str, Any]]


@pytest.fixture(scope="module")
def run(
    sandbox: Sandbox, runtime: Runtime, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """A thousand changes through a daemon, and through a function, filtered and projected.

    Each of the function's events has ten changes that are published, so that batches are the same.
    """
    with new_world(sandbox, tmp_path_factory.mktemp("function")) as world:
        # Full batches alone, however slowly changes are written while the daemon starts.
        world.start_daemon(SETTINGS | {"PUBLISHER_BATCH_MAX_WAIT_MILLIS": "60000"})
        written = [_with_every_type(change) for change in plan_changes(CHANGES)]
        write_changes(sandbox.client("dynamodb"), written, lambda _: None)
        events = _events(sandbox)
        topic_arn = sandbox.client("sns").create_topic(Name="by-function")["TopicArn"]
        clients = [sandbox.client(name) for name in ("sns", "sqs", "s3")]
        with CheckedSubscription(topic_arn, *clients) as subscription:
            done = runtime.invoke(events, _environ(sandbox, topic_arn) | SETTINGS)
            assert done.returncode == 0, done.stderr
            function = list(_everything(subscription))
        assert world.receive_until(lambda: world.tally.arrived >= PUBLISHED), world.logs()
        yield Run(
            daemon=world.tally.received,
            function=function,
            answers=[json.loads(line) for line in done.stdout.splitlines()],
            log=[json.loads(line) for line in done.stderr.splitlines()],
        )


def _with_every_type(change: Change) -> Change:
    new, old = change.new_image, change.old_image
    return replace(
        change, new_image=new and {**new, **EVERY_TYPE}, old_image=old and {**old, **EVERY_TYPE}
    )


def _events(sandbox: Sandbox) -> list[dict[str, Any]]:
    table = sandbox.client("dynamodb").describe_table(TableName=TABLE)["Table"]
    records = list(read_stream(sandbox.client("dynamodbstreams"), table["LatestStreamArn"]))
    events: list[dict[str, Any]] = [{"Records": []}]
    for record in records:
        if sum(map(_is_published, events[-1]["Records"])) == 10:
            events.append({"Records": []})
        events[-1]["Records"].append(record)
    return events


def _is_published(record: Mapping[str, Any]) -> bool:
    new = record["dynamodb"].get("NewImage", {})
    return record["eventName"] != "MODIFY" or int(new["version"]["N"]) < 20


def _environ(sandbox: Sandbox, topic_arn: str) -> dict[str, str]:
    return {
        **sandbox.settings(),
        "AWS_LAMBDA_FUNCTION_NAME": "orders-publisher",
        "PUBLISHER_TABLE": TABLE,
        "PUBLISHER_TOPIC_ARN": topic_arn,
    }


def _everything(subscription: CheckedSubscription) -> Iterator[Received]:
    while received := subscription.receive():
        yield from received


def _told(received: Received) -> tuple[object, ...]:
    """All that a subscriber is told, but for the shard."""
    attributes = {**received.attributes}
    del attributes["shardId"]
    return received.subject, received.body, attributes


def test_daemon_and_function_publish_equal_messages(run: Run) -> None:
    """Bodies, subjects and attributes; only the shard's id differs."""
    by_daemon = {str(each.attributes["firstSequenceNumber"]): each for each in run.daemon}
    by_function = {str(each.attributes["firstSequenceNumber"]): each for each in run.function}

    assert len(run.daemon) == len(run.function) == PUBLISHED // 10
    assert by_daemon.keys() == by_function.keys()
    for number, message in by_daemon.items():
        assert _told(message) == _told(by_function[number])
    changes = sum(len(message.entries) for message in run.function)
    sys.stdout.write(
        f"{changes} of {CHANGES} changes in {len(by_function)} messages by each: equal\n"
    )
    assert changes == PUBLISHED


def test_what_is_excluded_and_masked_is_in_neither_image(run: Run) -> None:
    """The daemon's messages are equal."""
    entries = [entry for message in run.function for entry in message.entries]
    both = [entry[name] for entry in entries for name in ("newImage", "oldImage")]
    images = [image for image in both if image]

    assert not any("note" in image for image in images)
    assert {len(image["amount"]["S"]) for image in images} == {64}
    assert all(entry["region"] for entry in entries)


def test_every_type_of_attribute_arrives(run: Run) -> None:
    """The comparison would be worth little without them."""
    images = [entry["newImage"] for entry in run.function[0].entries if entry["newImage"]]
    kinds = {kind for image in images for value in image.values() for kind in value}

    assert kinds == {"S", "N", "B", "SS", "NS", "BS", "L", "M", "BOOL", "NULL"}


def test_nothing_is_reported_and_each_message_is_logged(run: Run) -> None:
    """The log's lines are the record processor's, with the invocation's id."""
    # The last event may have nothing but what is filtered out, which is done as well.
    assert len(run.answers) >= PUBLISHED // 10
    assert [answer for answer in run.answers if answer != {"batchItemFailures": []}] == []
    assert {line["event"] for line in run.log} == {"batch_published"}
    assert run.log[0]["requestId"] == "request-1"
    assert run.log[0]["workerId"] == "orders-publisher"


def test_a_topic_that_is_gone_is_reported_at_once(sandbox: Sandbox, runtime: Runtime) -> None:
    """Lambda hands the event over again; the log says what to fix."""
    record = json.loads((ROOT / "samples" / "insert.json").read_text())["Records"][0]
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:gone"
    done = runtime.invoke([{"Records": [record]}], _environ(sandbox, topic_arn))
    (line,) = (json.loads(line) for line in done.stderr.splitlines())

    number = record["dynamodb"]["SequenceNumber"]
    assert json.loads(done.stdout) == {"batchItemFailures": [{"itemIdentifier": number}]}
    assert (line["event"], line["level"], line["sequenceNumber"]) == (
        "event_failed",
        "ERROR",
        number,
    )
    assert "doesn't exist" in line["message"]


def test_a_cold_start_names_every_mistake(runtime: Runtime) -> None:
    """A line each, and all of them in the error that fails the start."""
    done = runtime.invoke([], {"PUBLISHER_BATCH_SIZE": "0", "PUBLISHER_TABEL": "orders"})
    lines = [line for line in done.stderr.splitlines() if line.startswith("{")]
    mistakes = [json.loads(line)["message"] for line in lines if "configuration_refused" in line]

    assert done.returncode == 1
    assert [mistake.split(":")[0] for mistake in mistakes] == [
        "PUBLISHER_TABEL",
        "publisher.topicArn",
        "publisher.batchSize = '0'",
        "publisher.table",
    ]
    assert all(mistake in json.loads(lines[-1])["exception"] for mistake in mistakes)


def test_the_same_sources_give_the_same_small_zip(built: Built, tmp_path: Path) -> None:
    """Under 5 MB."""
    again = build(HERE, tmp_path / "again.zip")

    assert again.sha256 == built.sha256
    assert built.bytes < LIMIT


def test_a_zip_for_another_architecture_has_its_wheels(tmp_path: Path) -> None:
    """Built on this one."""
    other = build(Target("arm64", "3.13"), tmp_path / "arm64.zip")
    with zipfile.ZipFile(other.file) as archive:
        libraries = [name for name in archive.namelist() if name.endswith(".so")]

    assert libraries == ["orjson/orjson.cpython-313-aarch64-linux-gnu.so"]
    assert other.bytes < LIMIT

"""What an operator meets: the health check, readable logs, a record that can't be read."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from consumer.demo.daemon import Daemon
from consumer.demo.table import TABLE
from consumer.sandbox.proxy import Proxy, Request, Response
from consumer.sandbox.server import free_port
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.gate import Gate
from tests.chain.processes import record_processors
from tests.chain.world import World
from tests.emf import check
from tests.schemas.validation import CheckedSubscription

pytestmark = pytest.mark.server


def health(port: int) -> subprocess.CompletedProcess[str]:
    """`stream-publisher health`."""
    command = [sys.executable, "-m", "consumer", "health", "--port", str(port)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def wait_for_health(port: int, *, healthy: bool, problem: str = "") -> None:
    """Wait until `health` says so, by its exit status and in its answer."""

    def says_so() -> bool:
        asked = health(port)
        answer = json.loads(asked.stdout or "{}")
        status = (asked.returncode, answer.get("healthy"))
        return status == (0 if healthy else 1, healthy) and problem in str(answer.get("problem"))

    wait_for(says_so)


def wait_for_event(daemon: Daemon, name: str) -> None:
    """Wait until the daemon has logged an event."""
    wait_for(lambda: name in daemon.process.log.read_text())


def test_the_health_check_tells_stuck_from_quiet(world: World) -> None:
    """A shard without changes is healthy; one whose record processor doesn't answer is not."""
    port = free_port()
    settings = {"PUBLISHER_HEALTH_PORT": str(port), "PUBLISHER_HEALTH_STUCK_AFTER_MILLIS": "3000"}
    daemon = world.start_daemon(settings)
    wait_for_event(daemon, "processor_started")
    # On a busy machine the very first read may take longer than a shard may stand still here.
    wait_for_health(port, healthy=True)
    (child,) = record_processors(daemon)
    child.send_signal(signal.SIGSTOP)
    wait_for_health(port, healthy=False, problem="has not answered for")
    child.send_signal(signal.SIGCONT)
    wait_for_health(port, healthy=True)


def test_a_person_can_read_the_log(world: World) -> None:
    """With `human`, no line of daemon or record processor is JSON, and the facts are there."""
    world.write(3)
    daemon = world.start_daemon({"PUBLISHER_LOG_FORMAT": "human"})
    world.receive_everything()
    assert daemon.stop() == 0
    lines = daemon.process.log.read_text().splitlines()

    assert not [line for line in lines if line.startswith("{")]
    assert [
        line
        for line in lines
        if re.search(r" INFO  Published within \S+ s: changes 3, messages 1 .*shardId=", line)
    ]
    assert [line for line in lines if "Stopped; leases given back: 1" in line]


@contextlib.contextmanager
def spoilt_record(world: World, place: int) -> Iterator[tuple[dict[str, str], list[str]]]:
    """A stream in which one record is no change; yields settings, and its sequence number."""
    spoilt: list[str] = []

    def spoil(request: Request, body: bytes) -> bytes:
        if request.operation != "GetRecords":
            return body
        answer = json.loads(body)
        for number, record in enumerate(answer["Records"]):
            if number == place and not spoilt:
                spoilt.append(record["dynamodb"]["SequenceNumber"])
            if record["dynamodb"]["SequenceNumber"] in spoilt:
                record["eventName"] = "TRUNCATE"
        return json.dumps(answer).encode()

    with Proxy(world.sandbox.tables.url, change=spoil) as proxy:
        yield {"AWS_ENDPOINT_URL_DYNAMODB_STREAMS": proxy.url}, spoilt


def test_a_record_that_cant_be_read_stops_its_shard_before_it(world: World) -> None:
    """What comes before it is published and checkpointed; the log names where it stands.

    The shard is tried again, and as nothing changes the worker ends.
    """
    world.write(15)
    with spoilt_record(world, place=12) as (settings, spoilt):
        daemon = world.start_daemon({**settings, "PUBLISHER_SHARD_FAILURES_BEFORE_EXIT": "2"})
        assert daemon.process.wait(PATIENCE_SECONDS) == 1
    lines = [json.loads(line) for line in daemon.process.log.read_text().splitlines()]
    refusals = [line for line in lines if line["event"] == "record_refused"]
    refusal = refusals[0]
    world.receive_until(lambda: world.tally.arrived >= 12)
    (lease,) = world.leases()

    assert [each["sequenceNumber"] for each in refusals] == [spoilt[0]] * 2
    assert [line["event"] for line in lines].count("child_failed") == 2
    assert [len(received.entries) for received in world.tally.received] == [10, 2]
    last = world.tally.received[-1].attributes["lastSequenceNumber"]
    assert lease["checkpoint"]["S"] == last
    assert int(lease["checkpoint"]["S"]) < int(refusal["sequenceNumber"])


def test_a_record_that_cant_be_read_can_become_a_dead_letter(world: World) -> None:
    """All others arrive, the queue has the record, and its checkpoint is passed."""
    sqs = world.sandbox.client("sqs")
    queue_url = sqs.create_queue(QueueName=f"letters-{world.application}")["QueueUrl"]
    letters = {
        "PUBLISHER_ON_POISON": "dead-letter",
        "PUBLISHER_DEAD_LETTER_QUEUE_URL": queue_url,
    }
    world.write(15)
    with spoilt_record(world, place=12) as (settings, spoilt):
        daemon = world.start_daemon({**settings, **letters})
        assert world.receive_until(lambda: world.tally.arrived == 14), world.logs()
        assert daemon.stop() == 0
    names = {**letters, "PUBLISHER_TABLE": TABLE}
    listed = run(world, "dead-letters", "list", "--json", **names)
    (lease,) = world.leases()

    assert [len(received.entries) for received in world.tally.received] == [10, 2, 2]
    assert json.loads(listed.stdout)["sequenceNumber"] == spoilt[0]
    assert "eventName is" in json.loads(listed.stdout)["reason"]
    assert int(lease["checkpoint"]["S"]) > int(spoilt[0])


def publish_some_and_stop(world: World) -> None:
    """Leave a checkpoint, and four changes behind it."""
    world.write(3)
    daemon = world.start_daemon()
    world.receive_everything()
    assert daemon.stop() == 0
    world.write(4)


def trimmed(request: Request, begun: list[str]) -> Response | None:
    """What GetShardIterator answers where the next record has expired; notes that it was asked."""
    if request.operation != "GetShardIterator":
        return None
    begun.append(json.loads(request.body)["ShardIteratorType"])
    error = {"__type": "com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException"}
    return Response(400, json.dumps(error | {"message": "trimmed"}).encode())


def test_records_that_expired_unread_are_said_to_have(world: World) -> None:
    """The adapter goes on at the oldest record kept, without a word; the daemon says it."""
    publish_some_and_stop(world)
    asked: list[str] = []

    def once(request: Request) -> Response | None:
        return None if asked else trimmed(request, asked)

    with Proxy(world.sandbox.tables.url, instead=once) as proxy:
        again = world.start_daemon({"AWS_ENDPOINT_URL_DYNAMODB_STREAMS": proxy.url})
        wait_for_event(again, "records_expired")
        world.receive_everything()
    lines = [json.loads(line) for line in again.process.log.read_text().splitlines()]
    (expired,) = [line for line in lines if line["event"] == "records_expired"]
    before = world.tally.received[0].attributes

    assert asked
    check(expired)
    assert (expired["level"], expired["TrimmedGaps"]) == ("ERROR", 1)
    assert f" after {before['lastSequenceNumber']} " in expired["message"]
    # Nothing has really expired here, so that reading goes on with the stream's first record;
    # what is checkpointed KCL leaves out.
    assert f" before {before['firstSequenceNumber']} " in expired["message"]
    assert expired["shardId"] == before["shardId"]


def test_a_shard_whose_records_expired_can_stand_still_instead(world: World) -> None:
    """It keeps its checkpoint and says so; where records turn up after all, it goes on there."""
    publish_some_and_stop(world)
    (before,) = world.leases()
    asked: list[str] = []
    fixed = threading.Event()

    def until_mended(request: Request) -> Response | None:
        return None if fixed.is_set() else trimmed(request, asked)

    with Proxy(world.sandbox.tables.url, instead=until_mended) as proxy:
        stopped = {"PUBLISHER_ON_TRIMMED_DATA": "stop"}
        daemon = world.start_daemon({"AWS_ENDPOINT_URL_DYNAMODB_STREAMS": proxy.url, **stopped})
        wait_for(lambda: len(asked) >= 2)
        (during,) = world.leases()
        fixed.set()
        world.receive_everything()

    assert set(asked) == {"AFTER_SEQUENCE_NUMBER"}
    assert during["checkpoint"] == before["checkpoint"]
    assert "the shard is not read on" in daemon.process.log.read_text()
    assert [len(message.entries) for message in world.tally.received] == [3, 4]


def run(world: World, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command of `stream-publisher`, with the world's topic and these settings."""
    defaults = {"PUBLISHER_TOPIC_ARN": world.topic_arn, "KCL_APPLICATION_NAME": "app"}
    return subprocess.run(
        [sys.executable, "-m", "consumer", *command],
        env={**world.sandbox.environment(), **defaults, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_explicit_stream_is_checked_at_the_stream(world: World) -> None:
    """The real streams API says that it is there, and that another is not."""
    tables = world.sandbox.client("dynamodb")
    arn = tables.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    good = run(world, "run", "--check-only", PUBLISHER_STREAM_ARN=arn)
    gone = run(
        world, "run", "--check-only", PUBLISHER_STREAM_ARN=f"{arn[:-23]}2000-01-01T00:00:00.000"
    )

    assert (good.returncode, good.stdout) == (0, "")
    assert json.loads(good.stderr)["event"] == "configuration_accepted"
    assert gone.returncode == 2
    assert "doesn't exist" in json.loads(gone.stderr)["message"]


def test_what_is_not_there_is_named_at_once(world: World) -> None:
    """Table and topic, a line each, status 2."""
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:no-such-topic"
    done = run(
        world, "run", "--check-only", PUBLISHER_TABLE="no-such-table", PUBLISHER_TOPIC_ARN=topic_arn
    )
    messages = [json.loads(line)["message"] for line in done.stderr.splitlines()]

    assert done.returncode == 2
    assert ["no-such-table" in messages[0], "no-such-topic" in messages[1]] == [True, True]
    assert len(messages) == 2


def test_listen_shows_what_arrives(world: World) -> None:
    """One JSON object a message on stdout, and its own queue is gone afterwards."""
    before = len(world.sandbox.client("sqs").list_queues().get("QueueUrls", []))
    command = [sys.executable, "-m", "consumer", "listen", world.topic_arn, "--json"]
    with subprocess.Popen(
        [*command, "--max-messages", "1"],
        env=world.sandbox.environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as listening:
        queues = world.sandbox.client("sqs")
        wait_for(lambda: len(queues.list_queues().get("QueueUrls", [])) > before)
        subscriptions = world.sandbox.client("sns")
        wait_for(lambda: world.listeners() == 2)
        body = '[{"eventName": "INSERT", "a": "ç"}]'
        subscriptions.publish(TopicArn=world.topic_arn, Subject="s", Message=body)
        shown, _ = listening.communicate(timeout=PATIENCE_SECONDS)

    assert listening.returncode == os.EX_OK
    assert json.loads(shown)["entries"] == [{"eventName": "INSERT", "a": "ç"}]
    assert len(queues.list_queues().get("QueueUrls", [])) == before


def test_a_topic_that_is_gone_is_waited_for_and_said_loudly(world: World) -> None:
    """The worker goes on by itself once the topic is back; nothing is lost meanwhile."""
    sns, sqs = world.sandbox.client("sns"), world.sandbox.client("sqs")
    with Gate(world.sandbox.topics.url) as gate:
        settings = {"AWS_ENDPOINT_URL_SNS": gate.url, "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "1000"}
        daemon = world.start_daemon(settings)
        wait_for_event(daemon, "processor_started")
        sns.delete_topic(TopicArn=world.topic_arn)
        world.write(12)
        wait_for_event(daemon, "publish_blocked")
        gate.shut()  # or it would publish to the new topic before anybody listens there
        sns.create_topic(Name=world.topic_arn.rpartition(":")[2])
        with CheckedSubscription(world.topic_arn, sns, sqs) as subscription:
            gate.open()
            wait_for(lambda: arrived(subscription, world) == 12)
    lines = [json.loads(line) for line in daemon.process.log.read_text().splitlines()]
    (first, *_) = [line for line in lines if line["event"] == "publish_blocked"]

    assert first["level"] == "ERROR"
    assert "create it or correct the name" in first["message"]
    assert daemon.process.status is None
    assert world.tally.comparison().delivered == 12


def arrived(subscription: CheckedSubscription, world: World) -> int:
    """How many changes have arrived, after another look."""
    for received in subscription.receive():
        world.tally.receive(received, time.time())
    return world.tally.arrived

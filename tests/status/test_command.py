"""`stream-publisher status` as a person and a script see it."""

import json
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from consumer.cli import main
from consumer.sandbox.proxy import Request
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import Items
from tests.streams.stream import SimulatedStream
from tests.transcripts.screen import Screen

REGION = "eu-west-1"
ENVIRON = {
    "AWS_REGION": REGION,
    "PUBLISHER_TABLE": "orders",
    "PUBLISHER_TOPIC_ARN": f"arn:aws:sns:{REGION}:123456789012:changes",
    "KCL_APPLICATION_NAME": "app",
    "COLUMNS": "140",
}


@pytest.fixture
def tables() -> Iterator[Any]:
    """DynamoDB in memory."""
    with mock_aws():
        yield boto3.client("dynamodb", region_name=REGION)


def make_table(tables: Any, name: str, key: str) -> None:  # noqa: ANN401 - boto3's client
    """A table with this key."""
    tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def led_there() -> Iterator[dict[str, str]]:
    """A stream of two shards with one change, and the settings that lead there."""
    stream = SimulatedStream("orders", 2)
    stream.add(Items().write("a")[0])
    with StreamsEndpoint(stream) as endpoint:
        yield {
            "PUBLISHER_STREAM_ARN": stream.arn,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint.url,
        }


def status(settings: dict[str, str], *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["status", *options], env=ENVIRON | settings)


@pytest.mark.usefixtures("tables")
def test_a_stream_that_was_disabled_is_told() -> None:
    """On the screen and in JSON; what it still has is counted."""
    stream = SimulatedStream("orders", 1)
    stream.add(Items().write("a")[0])
    stream.disable()
    with StreamsEndpoint(stream) as endpoint:
        there = {
            "PUBLISHER_STREAM_ARN": stream.arn,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint.url,
        }
        table, line = status(there), status(there, "--json")
    document = json.loads(line.stdout)

    assert "is disabled, so no further change of the table" in table.stdout
    assert document["warnings"][0].startswith(f"stream {stream.arn}: is disabled")
    assert document["totals"]["recordsLeft"] == 1


@pytest.mark.usefixtures("tables")
def test_a_stream_that_nobody_reads_yet_is_shown(led_there: dict[str, str]) -> None:
    """Its shards are new, and what is in them is left."""
    table, line = status(led_there), status(led_there, "--json")
    document = json.loads(line.stdout)

    assert (table.exit_code, line.exit_code) == (0, 0)
    assert "0 workers" in table.stdout
    assert document["application"] == "app"
    assert document["totals"]["new"] == len(document["shards"]) == 2
    assert document["totals"]["recordsLeft"] == 1


def put_leases(tables: Any, *rows: dict[str, Any]) -> None:  # noqa: ANN401 - boto3's client
    """A lease table with these rows."""
    make_table(tables, "app", "leaseKey")
    for row in rows:
        tables.put_item(TableName="app", Item=row)


def lease(shard_id: str, checkpoint: str, owner: str = "w1", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """A row of it."""
    row = {"leaseKey": {"S": shard_id}, "checkpoint": {"S": checkpoint}, "leaseOwner": {"S": owner}}
    return row | more


def test_each_worker_and_shard_has_a_line_in_a_pipe(
    tables: Any,  # noqa: ANN401 - boto3's client
    led_there: dict[str, str],
) -> None:
    """A hand-over, an ended shard, and one that can't be told; ids are whole, for grep."""
    put_leases(
        tables,
        lease("shardId-gone", "5", checkpointOwner={"S": "w2"}),
        lease("shardId-over", "SHARD_END"),
        lease("shardId-next", "LATEST", parentShardId={"SS": ["shardId-gone"]}),
    )
    shown, everything = status(led_there), status(led_there, "--all")
    lines = [line.partition(" ") for line in shown.stdout.splitlines()]

    assert len({time for time, _, _ in lines}) == 1
    (gone,) = [line for _, _, line in lines if line.startswith("shardId-gone: ")]
    assert "owner w2 → w1, ? behind, ? left, checkpoint 5" in gone
    (following,) = [line for _, _, line in lines if line.startswith("shardId-next: ")]
    assert following.endswith("awaits shardId-gone")
    assert "the lag of shardId-next is unknown: its worker begins at LATEST" in shown.stdout
    assert [line for _, _, line in lines if line.startswith("worker w2: 1 lease")]
    assert "shardId-over" not in shown.stdout
    assert "shardId-over: ended, checkpoint SHARD_END" in everything.stdout
    assert shown.stdout.endswith("\n")


def test_a_terminal_shows_the_totals_and_the_worst_shards_that_fit(
    tables: Any,  # noqa: ANN401 - boto3's client
) -> None:
    """With short ids that never wrap; -o wide has whole ones, --all every shard."""
    stream = SimulatedStream("orders", 30)
    for number in range(90):
        stream.add(Items().write(f"item-{number}")[0])
    owner = "worker-" + "long-" * 20
    put_leases(tables, *(lease(shard, "TRIM_HORIZON", owner) for shard in stream.open_shards()))
    with StreamsEndpoint(stream) as endpoint:
        there = {
            "PUBLISHER_STREAM_ARN": stream.arn,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint.url,
            "TTY_COMPATIBLE": "1",
            "NO_COLOR": "1",
            "TERM": "xterm",
            "COLUMNS": "80",
            "LINES": "24",
        }
        fitting, everything, wide = (
            status(there, *more) for more in ([], ["--all"], ["-o", "wide"])
        )
    screen = Screen()
    screen.write(fitting.stdout)
    lines = screen.text().splitlines()

    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("app: orders → changes   ")
    assert lines[1].startswith("1 worker, 30 shards (30 reading); farthest behind ")
    assert lines[-1].startswith("Not shown: ")
    assert everything.stdout.count("reading  ") == 30
    assert stream.open_shards()[0] not in everything.stdout
    assert wide.stdout.count("shardId-") >= fitting.stdout.count("reading  ")
    assert owner in wide.stdout


@pytest.mark.usefixtures("tables")
def test_a_dumb_terminal_gets_plain_lines(led_there: dict[str, str]) -> None:
    """It could not draw."""
    done = status(led_there | {"TTY_COMPATIBLE": "1", "TERM": "dumb"})

    assert " shardId-" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_lag_that_is_too_long_is_status_1(
    tables: Any,  # noqa: ANN401 - boto3's client
    led_there: dict[str, str],
) -> None:
    """So is one that is unknown. What was asked for is shown all the same."""
    short, long = (status(led_there, "--max-lag", seconds) for seconds in ("0.001", "300"))
    put_leases(tables, lease("shardId-gone", "LATEST"))
    unknown = status(led_there, "--max-lag", "300", "--json")

    assert (short.exit_code, long.exit_code, unknown.exit_code) == (1, 0, 1)
    assert "is longer than 0 s\n" in short.stderr
    assert unknown.stderr == "the lag of 1 shard is unknown\n"
    assert json.loads(unknown.stdout)["totals"]["unknown"] == 1


def test_leases_of_another_stream_are_said_to_be(
    tables: Any,  # noqa: ANN401 - boto3's client
) -> None:
    """In the sentence of replay; nothing is 0 that nobody knows."""
    stream = SimulatedStream("orders", 1)
    put_leases(tables, lease(f"shardId-{round(time.time() * 1000):020}-other", "5"))
    with StreamsEndpoint(stream) as endpoint:
        there = {
            "PUBLISHER_STREAM_ARN": stream.arn,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint.url,
        }
        shown = status(there)
    sentence = "lease table 'app': has leases of another stream, such as shardId-"

    assert sentence in shown.stdout
    assert "how far behind is unknown" in shown.stdout
    assert "farthest behind" not in shown.stdout
    assert "? behind" in shown.stdout


def test_names_are_shown_as_they_are(
    tables: Any,  # noqa: ANN401 - boto3's client
    led_there: dict[str, str],
) -> None:
    """Whatever stands in the lease table; long ones are not cut in a pipe."""
    worker = "worker-" + "long-" * 20
    put_leases(tables, lease("shardId-[/a-z]", "LATEST", worker))
    piped = status(led_there)
    drawn = status(led_there | {"TTY_COMPATIBLE": "1", "TERM": "xterm", "NO_COLOR": "1"})

    assert (piped.exit_code, drawn.exit_code) == (0, 0)
    assert "shardId-[/a-z]: reading" in piped.stdout
    assert f"owner {worker}, " in piped.stdout
    assert "…d-[/a-z]" in drawn.stdout


def test_a_missing_table_is_one_line(tables: Any) -> None:  # noqa: ANN401 - boto3's client
    """So is one without a stream; status 2."""
    missing = status({})
    make_table(tables, "orders", "id")
    without = status({})

    assert (missing.exit_code, without.exit_code) == (2, 2)
    assert missing.stderr.startswith("publisher.table = 'orders': doesn't exist")
    assert without.stderr == "publisher.table = 'orders': has no stream\n"


def test_a_lease_table_that_is_none_is_one_line(
    tables: Any,  # noqa: ANN401 - boto3's client
    led_there: dict[str, str],
) -> None:
    """An applicationName may be the name of anybody's table."""
    make_table(tables, "app", "id")
    tables.put_item(TableName="app", Item={"id": {"S": "a customer"}})
    done = status(led_there)

    assert done.exit_code == 2
    assert done.stderr.startswith("applicationName = 'app': holds a row that is no lease")
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("tables")
def test_a_watch_ends_well_with_ctrl_c() -> None:
    """It ends no other way; what is being read at that moment is still shown."""
    stream, pressed = SimulatedStream("orders"), list[str]()

    def press_once(request: Request) -> None:
        if request.operation == "GetRecords" and not pressed:
            pressed.append("Ctrl-C")
            os.kill(os.getpid(), signal.SIGINT)

    with StreamsEndpoint(stream, fault=press_once) as endpoint:
        settings = {
            "PUBLISHER_STREAM_ARN": stream.arn,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint.url,
        }
        done = status(settings, "--watch", "--json")

    assert pressed
    assert done.exit_code == 0
    assert done.stdout.count("\n") == 1

"""`stream-publisher status` as a person and a script see it."""

import json
import os
import signal
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

    assert "is disabled, so no further change of the table" in " ".join(table.stdout.split())
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


def test_each_worker_and_shard_has_a_row(
    tables: Any,  # noqa: ANN401 - boto3's client
    led_there: dict[str, str],
) -> None:
    """A hand-over, an ended shard, and one that can't be told."""
    make_table(tables, "app", "leaseKey")
    for name, checkpoint, more in (
        ("shardId-gone", "5", {"checkpointOwner": {"S": "w2"}}),
        ("shardId-over", "SHARD_END", {}),
        ("shardId-next", "LATEST", {"parentShardId": {"SS": ["shardId-gone"]}}),
    ):
        row = {"leaseKey": {"S": name}, "checkpoint": {"S": checkpoint}, "leaseOwner": {"S": "w1"}}
        tables.put_item(TableName="app", Item=row | more)
    shown, everything = status(led_there), status(led_there, "--all")

    assert "w2 → w1" in shown.stdout
    assert "…dId-gone (awaited)" in shown.stdout
    assert "shardId-next: its lag is unknown: its worker begins at LATEST" in shown.stdout
    assert "shardId-over" not in shown.stdout
    assert "shardId-over" in everything.stdout


def test_names_are_shown_as_they_are(
    tables: Any,  # noqa: ANN401 - boto3's client
    led_there: dict[str, str],
) -> None:
    """Whatever stands in the lease table; long ones are not cut."""
    make_table(tables, "app", "leaseKey")
    worker = "worker-" + "long-" * 20
    row = {
        "leaseKey": {"S": "shardId-[/a-z]"},
        "checkpoint": {"S": "LATEST"},
        "leaseOwner": {"S": worker},
    }
    tables.put_item(TableName="app", Item=row)
    wide, narrow = (status(led_there | {"COLUMNS": columns}) for columns in ("400", "80"))

    assert (wide.exit_code, narrow.exit_code) == (0, 0)
    assert "shardId-[/a-z]" in wide.stdout
    assert worker in wide.stdout
    assert "…" not in narrow.stdout


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

"""A table is read as it is, and its answers are put into the stream's words."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from consumer.backfill.table import Table, TableGoneError, describe, json_image
from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from tests.fakes import NO_WAITS, FakeJournal

REGION = "eu-west-1"


@pytest.fixture
def client() -> Iterator[Any]:
    """DynamoDB in memory, with a table of three items."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName="orders",
            KeySchema=[
                {"AttributeName": "customer", "KeyType": "HASH"},
                {"AttributeName": "number", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "customer", "AttributeType": "S"},
                {"AttributeName": "number", "AttributeType": "B"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(3):
            key: Any = {"customer": {"S": "x"}, "number": {"B": bytes([number])}}
            client.put_item(TableName="orders", Item=key)
        yield client


def a_table(client: Any, journal: FakeJournal | None = None) -> Table:  # noqa: ANN401 - boto3's client
    """A table whose calls are retried at once."""
    return Table(
        client,
        "orders",
        Retries("table orders", RetryPolicy(), journal or FakeJournal(), clocks=NO_WAITS),
    )


def test_a_scan_asks_for_the_newest_image_and_goes_on_after_a_key(client: Any) -> None:  # noqa: ANN401
    """Keys may be binary, and be two."""
    asked: list[dict[str, Any]] = []
    client.meta.events.register(
        "provide-client-params.dynamodb.Scan", lambda params, **_: asked.append(params)
    )
    first = a_table(client).scan((0, 1), None, 2)
    second = a_table(client).scan((0, 1), first.last, 2)

    assert [each["number"]["B"] for each in [*first.items, *second.items]] == [b"\0", b"\1", b"\2"]
    assert (first.last, second.last) == ({"customer": {"S": "x"}, "number": {"B": b"\1"}}, None)
    assert first.units > 0
    assert all(params["ConsistentRead"] for params in asked)


def test_a_table_is_described_by_dynamodbs_own_clock(client: Any) -> None:  # noqa: ANN401
    """A clock of this host that is wrong must not decide between a snapshot and a change."""
    dates = iter(["Tue, 14 Nov 2023 22:13:20 GMT", None])

    def answer(parsed: dict[str, Any], **_more: object) -> None:
        parsed["ResponseMetadata"]["HTTPHeaders"] = {"date": date} if (date := next(dates)) else {}

    client.meta.events.register("after-call.dynamodb.DescribeTable", answer)
    told, untold = describe(client, "orders"), describe(client, "orders", lambda: 7.9)

    assert told.key_names == ("customer", "number")
    assert (told.size.items, told.now) == (3, 1_700_000_000)
    assert untold.now == 7


def test_throttling_is_waited_out() -> None:
    """And noted."""
    client, journal = boto3.client("dynamodb", region_name=REGION), FakeJournal()
    answer = {"Items": [], "ConsumedCapacity": {"CapacityUnits": 0.5}}
    with Stubber(client) as stubber:
        stubber.add_client_error("scan", "ProvisionedThroughputExceededException", "", 400)
        stubber.add_response("scan", answer)
        page = a_table(client, journal).scan((0, 1), None, 1)

    assert (page.items, page.last, page.units) == ([], None, 0.5)
    assert journal.events == ["publish_retried"]
    assert journal.notes[0][1]["known"] is True


def test_a_table_that_is_gone_is_not_waited_for(client: Any) -> None:  # noqa: ANN401
    """One of its name would be another."""
    client.delete_table(TableName="orders")
    with pytest.raises(TableGoneError, match="table orders: doesn't exist"):
        a_table(client).scan((0, 1), None, 1)


def test_an_image_is_json_as_the_stream_has_it() -> None:
    """Binary values are base64, in sets, lists and maps too; the rest is as it was."""
    item = {
        "b": {"B": b"\xff"},
        "bs": {"BS": [b"\x00", b"1"]},
        "l": {"L": [{"B": b"1"}, {"N": "1.50"}]},
        "m": {"M": {"b": {"B": b"1"}, "s": {"SS": ["x"]}}},
        "n": {"NULL": True},
    }

    assert json_image(item) == {
        "b": {"B": "/w=="},
        "bs": {"BS": ["AA==", "MQ=="]},
        "l": {"L": [{"B": "MQ=="}, {"N": "1.50"}]},
        "m": {"M": {"b": {"B": "MQ=="}, "s": {"SS": ["x"]}}},
        "n": {"NULL": True},
    }

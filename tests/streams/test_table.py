"""A table that gets another stream, as an SDK sees it."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from consumer.sandbox.proxy import Proxy, Request
from tests.streams.clients import bare_client
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.stream import SimulatedStream
from tests.streams.table import SimulatedTable


@pytest.fixture
def endpoint() -> Iterator[StreamsEndpoint]:
    """Streams behind a URL; none yet."""
    with StreamsEndpoint() as serving:
        yield serving


@pytest.fixture
def table(endpoint: StreamsEndpoint) -> SimulatedTable:
    """A table with one stream."""
    stream = SimulatedStream("orders")
    endpoint.add(stream)
    return SimulatedTable(stream, endpoint)


def test_a_table_names_its_newest_stream(table: SimulatedTable) -> None:
    """While it is disabled there is no specification, but the stream is still named."""
    with Proxy("http://127.0.0.1:1", table) as proxy:
        client = bare_client("dynamodb", proxy.url)
        before = client.describe_table(TableName="orders")["Table"]
        table.disable_stream()
        between = client.describe_table(TableName="orders")["Table"]
        new = table.enable_stream()
        after = client.describe_table(TableName="orders")["Table"]

    assert before["LatestStreamArn"] == between["LatestStreamArn"] != new.arn
    assert before["StreamSpecification"]["StreamEnabled"]
    assert "StreamSpecification" not in between
    assert after["LatestStreamArn"] == new.arn
    assert after["StreamSpecification"]["StreamEnabled"]


def test_both_streams_can_be_read(table: SimulatedTable, endpoint: StreamsEndpoint) -> None:
    """Until the old one is gone, 24 hours later."""
    old = table.stream
    table.disable_stream()
    new = table.enable_stream(shards=2)
    client = bare_client("dynamodbstreams", endpoint.url)
    states = {
        stream.arn: client.describe_stream(StreamArn=stream.arn)["StreamDescription"]
        for stream in (old, new)
    }
    endpoint.remove(old)

    assert states[old.arn]["StreamStatus"] == "DISABLED"
    assert states[new.arn]["StreamStatus"] == "ENABLED"
    assert len(states[new.arn]["Shards"]) == 2
    with pytest.raises(ClientError) as caught:
        client.describe_stream(StreamArn=old.arn)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_other_requests_are_left_to_the_server(table: SimulatedTable) -> None:
    """Other tables' descriptions, too."""
    assert table(Request("DescribeTable", b'{"TableName":"leases"}')) is None
    assert table(Request("Scan", b'{"TableName":"orders"}')) is None


def test_an_enabled_stream_isnt_enabled_again(table: SimulatedTable) -> None:
    """A test's own mistake is named."""
    with pytest.raises(ValueError, match="disable it first"):
        table.enable_stream()

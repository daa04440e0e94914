"""The table's stream is disabled under a running worker, and perhaps enabled again: a new one."""

from collections.abc import Iterator

import pytest

from consumer.sandbox.proxy import Proxy
from consumer.sandbox.server import free_port
from consumer.sandbox.waits import wait_for
from tests.chain.health import wait_for_health
from tests.chain.log_lines import events, wait_for_events
from tests.chain.shards import ShardedWorld, assert_all_arrived_in_order
from tests.emf import check, values_of
from tests.streams.table import SimulatedTable

pytestmark = [
    pytest.mark.server,
    pytest.mark.parametrize("sharded", [2], indirect=True),
]

ITEMS = [f"item-{number}" for number in range(20)]
WITHIN_SECONDS = 60.0
# An audit of leases finds shards that nothing leads to: a first one after a minute.
AUDIT_SECONDS = 100.0


@pytest.fixture
def table(sharded: ShardedWorld) -> SimulatedTable:
    """The table, with one stream."""
    return SimulatedTable(sharded.stream, sharded.endpoint)


@pytest.fixture
def settings(sharded: ShardedWorld, table: SimulatedTable) -> Iterator[dict[str, str]]:
    """Settings that lead to the table, and to a health check."""
    with Proxy(sharded.sandbox.tables.url, table) as proxy:
        yield {
            "AWS_ENDPOINT_URL_DYNAMODB": proxy.url,
            "PUBLISHER_HEALTH_PORT": str(free_port()),
            "KCL_WORKER_ID": "worker",
        }


def test_a_disabled_stream_is_told(
    sharded: ShardedWorld, table: SimulatedTable, settings: dict[str, str]
) -> None:
    """What is in it arrives; then an ERROR, a metric and the health check name it in a minute."""
    sharded.change(ITEMS)
    daemon = sharded.start_daemon(settings)
    sharded.receive_everything()
    sharded.change(ITEMS)
    table.disable_stream()
    assert_all_arrived_in_order(sharded, 2 * len(ITEMS))
    wait_for_events(daemon, "stream_disabled", seconds=WITHIN_SECONDS)

    line, *_ = events(daemon, "stream_disabled")
    check(line)
    assert (line["level"], line["streamArn"]) == ("ERROR", sharded.stream.arn)
    assert values_of(line, "DisabledStreams") == [1]
    assert sharded.stream.arn in line["message"]
    port = int(settings["PUBLISHER_HEALTH_PORT"])
    wait_for_health(port, healthy=False, problem=sharded.stream.arn, seconds=WITHIN_SECONDS)
    assert daemon.process.status is None


def test_the_stream_that_took_its_place_is_told(
    sharded: ShardedWorld, table: SimulatedTable, settings: dict[str, str]
) -> None:
    """Both streams stand in one ERROR, with what to do; the health check says so as well."""
    daemon = sharded.start_daemon(settings)
    wait_for_events(daemon, "processor_started", 2)
    table.disable_stream()
    new = table.enable_stream()
    wait_for_events(daemon, "stream_replaced", seconds=WITHIN_SECONDS)

    line, *_ = events(daemon, "stream_replaced")
    check(line)
    assert line["level"] == "ERROR"
    assert (line["streamArn"], line["newStreamArn"]) == (sharded.stream.arn, new.arn)
    assert values_of(line, "DisabledStreams") == [1]
    assert "restart" in line["message"]
    port = int(settings["PUBLISHER_HEALTH_PORT"])
    wait_for_health(port, healthy=False, problem=new.arn, seconds=WITHIN_SECONDS)


@pytest.mark.parametrize("position", ["TRIM_HORIZON", "LATEST"])
def test_a_restart_goes_on_with_the_new_stream(
    sharded: ShardedWorld, table: SimulatedTable, settings: dict[str, str], position: str
) -> None:
    """From its beginning, wherever the first stream was begun: no change is passed over."""
    looked_up = {
        **settings,
        "PUBLISHER_STREAM_ARN": "",
        "KCL_INITIAL_POSITION_IN_STREAM": position,
    }
    daemon = sharded.start_daemon(looked_up)
    wait_for_events(daemon, "processor_started", 2)
    sharded.change(ITEMS)
    sharded.receive_everything()
    table.disable_stream()
    wait_for(lambda: set(sharded.checkpoints().values()) == {"SHARD_END"})
    sharded.stream = table.enable_stream(shards=2)
    sharded.change(ITEMS)
    assert daemon.stop() == 0
    sharded.start_daemon(looked_up)
    sharded.receive_until(lambda: sharded.ledger.is_complete, AUDIT_SECONDS)

    balance = sharded.ledger.balance()
    assert (balance.lost, balance.out_of_order, balance.foreign) == (0, 0, 0)

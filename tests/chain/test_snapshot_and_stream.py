"""The subscriber of docs/operations.md, on a real run in which items change meanwhile."""

import itertools
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from consumer.demo.table import TABLE
from consumer.local.subscription import Received
from consumer.sandbox.proxy import Proxy
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.backfills import Backfills, a_version, arrived, fill
from tests.chain.holds import Pages
from tests.chain.world import World
from tests.places import ROOT

pytestmark = pytest.mark.server

ITEMS = 300
(SNIPPET,) = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "operations.md").read_text(), re.DOTALL
)
METADATA = {"PUBLISHER_ENTRY_METADATA": "true"}
Receive = Callable[[str, dict[str, Any]], None]


def documented() -> Receive:
    """The function that the document shows."""
    defined: dict[str, Any] = {}
    exec(SNIPPET, defined)  # noqa: S102 - our own document
    receive: Receive = defined["receive"]
    return receive


def naive(body: str, items: dict[str, Any]) -> None:
    """A subscriber that takes whatever comes."""
    for entry in json.loads(body):
        items[json.dumps(entry["keys"], sort_keys=True)] = {"image": entry["newImage"]}


def ends_with(receive: Receive, messages: Iterable[Received]) -> dict[str, Any]:
    """The image of every item that a subscriber has in the end, by its id."""
    items: dict[str, Any] = {}
    for message in messages:
        receive(message.body, items)
    images = [known["image"] for known in items.values() if known["image"]]
    return {image["id"]["S"]: image for image in images}


def in_many_orders(messages: list[Received]) -> dict[str, list[Received]]:
    """As they came, and as a standard topic might have handed them on at the worst."""
    is_late = {message.message_id: is_snapshot(message) for message in messages}
    snapshots_last = sorted(messages, key=lambda message: is_late[message.message_id])
    return {
        "as they came": messages,
        "snapshots last": snapshots_last,
        "snapshots first": snapshots_last[::-1],
        "twice, the second time turned round": [*messages, *messages[::-1]],
    }


def is_snapshot(message: Received) -> bool:
    """Whether it is of the backfill."""
    return str(message.attributes["shardId"]).startswith("snapshot-")


def change_items(world: World) -> None:
    """Change, remove and add items: some of those that are read already, and others."""
    tables = world.sandbox.client("dynamodb")
    for number in range(0, ITEMS, 3):
        tables.put_item(TableName=TABLE, Item=a_version(f"item-{number}", 2))
        tables.delete_item(TableName=TABLE, Key={"id": {"S": f"item-{number + 1}"}})
        tables.put_item(TableName=TABLE, Item=a_version(f"new-{number}", 3))
    tables.put_item(TableName=TABLE, Item=a_version("the last one", 4))


def test_every_item_ends_with_its_newest_image(world: World, backfills: Backfills) -> None:
    """In whatever order messages arrive, which a subscriber that takes all as it comes can't say.

    The stream has nothing of what was there before.
    """
    fill(world, ITEMS)
    tables, versions = world.sandbox.client("dynamodb"), itertools.count()
    world.start_daemon({**METADATA, "KCL_INITIAL_POSITION_IN_STREAM": "LATEST"})

    def worker_reads() -> bool:
        """LATEST begins at some moment; a change that arrives is after it."""
        tables.put_item(TableName=TABLE, Item=a_version("probe", next(versions)))
        return world.receive() > 0

    wait_for(worker_reads)
    pages = Pages(2)
    with Proxy(world.sandbox.tables.url, pages) as proxy:
        slowly = ("--segments", "1", "--read-units-per-second", "4")
        process = backfills.start(*slowly, AWS_ENDPOINT_URL_DYNAMODB=proxy.url, **METADATA)
        wait_for(lambda: backfills.kept_items() > 0)
        change_items(world)
        pages.let(ITEMS)
        assert process.wait(PATIENCE_SECONDS) == 0, process.log.read_text()
    everything = {item["id"]["S"]: item for item in tables.scan(TableName=TABLE)["Items"]}
    assert world.receive_until(lambda: has_come(world, "the last one")), world.logs()
    assert world.receive_until(lambda: len(arrived(world)) >= ITEMS * 2 // 3)
    while world.receive():
        pass

    for order, messages in in_many_orders(list(world.tally.received)).items():
        assert ends_with(documented(), messages) == everything, order
    late = in_many_orders(list(world.tally.received))["snapshots last"]
    assert ends_with(naive, late) != everything


def has_come(world: World, name: str) -> bool:
    """Whether a change of this item has arrived by the stream."""
    return any(
        entry["newImage"] and entry["newImage"]["id"]["S"] == name
        for message in world.tally.received
        if not is_snapshot(message)
        for entry in message.entries
    )

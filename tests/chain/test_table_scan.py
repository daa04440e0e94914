"""The shelf that tests scan, held to what ministack does."""

import contextlib
import itertools
import uuid
from collections.abc import Callable, Iterator

import pytest

from consumer.backfill.table import Item, ItemPage, Table
from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.sandbox.backends import Sandbox
from tests.backfill.fake_table import FakeTable, an_item
from tests.fakes import FakeJournal

NAMES = [f"item-{number}" for number in range(40)]
Scan = Callable[[tuple[int, int], Item | None, int], ItemPage]


@pytest.fixture(params=["shelf", pytest.param("real", marks=pytest.mark.server)])
def scan(request: pytest.FixtureRequest) -> Iterator[Scan]:
    """A table with items, of either kind."""
    if request.param == "shelf":
        shelf = FakeTable()
        shelf.put(*map(an_item, NAMES))
        yield shelf.scan
    else:
        with real_table(request.getfixturevalue("sandbox")) as table:
            yield table.scan


@contextlib.contextmanager
def real_table(sandbox: Sandbox) -> Iterator[Table]:
    """One of ministack's."""
    tables, name = sandbox.client("dynamodb"), f"scanned-{uuid.uuid4().hex[:8]}"
    tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for item in map(an_item, NAMES):
        tables.put_item(TableName=name, Item=item)
    yield Table(tables, name, Retries(f"table {name}", RetryPolicy(), FakeJournal()))
    tables.delete_table(TableName=name)


def names_of(page: ItemPage) -> list[str]:
    """The ids of its items."""
    return [item["id"]["S"] for item in page.items]


def whole_segment(scan: Scan, number: int, total: int, most: int) -> list[str]:
    """All items of a segment, page by page."""
    names: list[str] = []
    after = None
    for _ in range(100):
        page = scan((number, total), after, most)
        assert len(page.items) <= most
        names += names_of(page)
        after = page.last
        if after is None:
            return names
    pytest.fail("has no end")


@pytest.mark.parametrize("total", [1, 3])
def test_segments_have_every_item_once(scan: Scan, total: int) -> None:
    """Whatever a page may have."""
    small = [whole_segment(scan, number, total, 7) for number in range(total)]
    large = [whole_segment(scan, number, total, 1000) for number in range(total)]

    assert small == large
    assert sorted(itertools.chain(*small)) == sorted(NAMES)


def test_a_scan_goes_on_after_any_item(scan: Scan) -> None:
    """Not only after the last one of a page."""
    names = whole_segment(scan, 0, 2, 1000)
    for place, name in enumerate(names):
        page = scan((0, 2), {"id": {"S": name}}, 5)
        assert names_of(page) == names[place + 1 : place + 6]


def test_a_page_tells_what_it_has_cost(scan: Scan) -> None:
    """More for more items."""
    assert 0 < scan((0, 1), None, 2).units <= scan((0, 1), None, 40).units

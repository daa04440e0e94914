"""A table in memory, as the scan of a segment sees it."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from consumer.backfill.table import Item, ItemPage


def an_item(name: str, version: int = 1) -> dict[str, Any]:
    """An item of the table."""
    return {"id": {"S": name}, "version": {"N": str(version)}}


@dataclass
class FakeTable:
    """Items in the order of a hash, as a table has them; each costs half a unit to read.

    Attributes:
        items: The items, by id.
        scans: What was asked for: segment, most items.
    """

    items: dict[str, Item] = field(default_factory=dict)
    scans: list[tuple[int, int]] = field(default_factory=list)

    def put(self, *items: Item) -> None:
        """Write items."""
        self.items.update({item["id"]["S"]: item for item in items})

    def scan(self, segment: tuple[int, int], after: Item | None, most: int) -> ItemPage:
        """What `Table.scan` returns."""
        number, total = segment
        self.scans.append((number, most))
        mine = sorted((each for each in self.items if _hash(each) % total == number), key=_hash)
        rest = [each for each in mine if after is None or _hash(each) > _hash(after["id"]["S"])]
        items = [self.items[each] for each in rest[:most]]
        # As DynamoDB: a page that is full has a last key, be there more or not.
        last = {"id": items[-1]["id"]} if len(items) == most else None
        return ItemPage(items, last, len(items) / 2)


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest())

"""What was written against what arrived, one by one."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consumer.demo.changes import Change

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome.

    Attributes:
        delivered: Written changes that arrived at least once.
        lost: Written changes that did not arrive.
        duplicates: Arrivals beyond the first of a change.
        foreign: Arrivals that tell of no written change, or tell it differently.
        out_of_order: Changes of an item that first arrived after a later change of that item.
    """

    delivered: int
    lost: int
    duplicates: int
    foreign: int
    out_of_order: int

    @property
    def is_faithful(self) -> bool:
        """Whether every change arrived as it was written and in its item's order."""
        return not (self.lost or self.foreign or self.out_of_order)


def compare(written: Sequence[Change], arrived: Sequence[Entry]) -> Comparison:
    """Compare every written change with every entry that arrived."""
    expected = {_identity(change.to_entry()): change for change in written}
    seen = Counter(_identity(entry) for entry in arrived)
    known = [identity for identity in seen if identity in expected]
    return Comparison(
        delivered=len(known),
        lost=len(expected) - len(known),
        duplicates=sum(seen[identity] - 1 for identity in known),
        foreign=sum(count for identity, count in seen.items() if identity not in expected),
        out_of_order=_out_of_order(list(expected), list(dict.fromkeys(known)), expected),
    )


def _identity(entry: Entry) -> str:
    return json.dumps(entry, sort_keys=True)


def _out_of_order(
    written: Sequence[str], arrived: Sequence[str], expected: Mapping[str, Change]
) -> int:
    place = {identity: number for number, identity in enumerate(written)}
    latest: dict[str, int] = {}
    overtaken = 0
    for identity in arrived:
        item_id = expected[identity].item_id
        overtaken += place[identity] < latest.get(item_id, -1)
        latest[item_id] = max(place[identity], latest.get(item_id, -1))
    return overtaken

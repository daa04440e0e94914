"""Every change that was written against every one that arrived, at a fixed cost for each."""

import heapq
from collections.abc import Sequence
from dataclasses import asdict, dataclass

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Balance:
    """The outcome.

    Attributes:
        written: Changes that were written.
        delivered: Written changes that arrived at least once.
        lost: Written changes that did not arrive.
        duplicates: Arrivals beyond the first of a change.
        out_of_order: Changes that first arrived after a later one of their item.
        foreign: Arrivals of what nobody wrote.
    """

    written: int
    delivered: int
    lost: int
    duplicates: int
    out_of_order: int
    foreign: int

    def to_json(self) -> dict[str, int]:
        """The figures by name."""
        return asdict(self)


class Ledger:
    """Keeps count of changes, each an item's id and a version that grows with every change of it.

    One thread may write while another receives. A change is to be noted before it is written to the
    stream, or it could arrive first and be taken for foreign.
    """

    def __init__(self) -> None:
        self._written: set[tuple[str, int]] = set()
        self._delivered: set[tuple[str, int]] = set()
        self._newest: dict[str, int] = {}
        self._duplicates = self._out_of_order = self._foreign = 0

    def write(self, item_id: str, version: int) -> None:
        """Note a change that is about to be written."""
        self._written.add((item_id, version))

    def receive(self, item_id: str, version: int) -> None:
        """Note a change that arrived."""
        change = item_id, version
        if change not in self._written:
            self._foreign += 1
        elif change in self._delivered:
            self._duplicates += 1
        else:
            self._delivered.add(change)
            self._out_of_order += version < self._newest.get(item_id, version)
            self._newest[item_id] = max(version, self._newest.get(item_id, version))

    @property
    def is_complete(self) -> bool:
        """Whether all that was written has arrived."""
        return len(self._delivered) == len(self._written)

    def balance(self) -> Balance:
        """The figures so far."""
        written, delivered = len(self._written), len(self._delivered)
        return Balance(
            written=written,
            delivered=delivered,
            lost=written - delivered,
            duplicates=self._duplicates,
            out_of_order=self._out_of_order,
            foreign=self._foreign,
        )

    def some_lost(self) -> Sequence[tuple[str, int]]:
        """Return a few changes that did not arrive; looks through all, so once, at the end."""
        return heapq.nsmallest(_SHOWN, self._written - self._delivered)

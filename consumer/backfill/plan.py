"""What a backfill will read, publish and cost, before anybody says yes to it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNIT_BYTES = 4096
"""What a strongly consistent read unit reads."""

_CALL_BYTES = 65_536
_CALL_MESSAGES = 10

_DOLLARS_A_READ_UNIT = 0.125e-6
_DOLLARS_A_WRITE_UNIT = 0.625e-6
_DOLLARS_A_CALL = 0.5e-6
"""List prices of us-east-1, as docs/deploy.md has them: on demand, standard topic."""


@dataclass(frozen=True, slots=True)
class TableSize:
    """What DynamoDB says of a table's size, counted about every six hours.

    Attributes:
        items: About how many items it has.
        size: About how many bytes they have.
    """

    items: int
    size: int


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    """What is left of a backfill; everything is an estimate.

    Attributes:
        items: Items to publish.
        read_units: Read units that they take.
        messages: Messages that they become.
        minutes: How long the reads take at the rate that was asked for.
        dollars: What reads, saved positions and messages cost.
    """

    items: int
    read_units: int
    messages: int
    minutes: float
    dollars: float

    def to_json(self) -> Mapping[str, Any]:
        """The figures by name."""
        return {
            "items": self.items,
            "readUnits": self.read_units,
            "messages": self.messages,
            "minutes": round(self.minutes, 1),
            "dollars": round(self.dollars, 2),
        }


def plan_backfill(
    table: TableSize, published: int, batch_size: int, units_per_second: float
) -> BackfillPlan:
    """Estimate what is left of a backfill.

    Args:
        table: The table's size.
        published: How many items an unfinished backfill has published already.
        batch_size: Items in a message.
        units_per_second: How fast the table may be read.
    """
    items = max(0, table.items - published)
    size = table.size * items / table.items if items else 0
    units, messages = math.ceil(size / UNIT_BYTES), math.ceil(items / batch_size)
    seconds = units / units_per_second
    calls = max(messages / _CALL_MESSAGES, size / _CALL_BYTES)
    dollars = (
        units * _DOLLARS_A_READ_UNIT + calls * _DOLLARS_A_CALL + seconds * _DOLLARS_A_WRITE_UNIT
    )
    return BackfillPlan(items, units, messages, seconds / 60, dollars)

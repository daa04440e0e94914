"""The changes that the demo makes: a fixed mix, so that every run can be compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consumer.publishing.records import EventName, Image

_CYCLE = 7
_LAST_INSERT, _LAST_MODIFY = 3, 5


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one item, as it is written and as it must arrive.

    Attributes:
        event_name: What happens to the item.
        item_id: The item's key.
        new_image: The item afterwards, None when it is gone.
        old_image: The item before, None when there was none.
    """

    event_name: EventName
    item_id: str
    new_image: Image | None
    old_image: Image | None

    def to_entry(self) -> Mapping[str, Any]:
        """The entry of a message that tells of this change."""
        return {
            "eventName": self.event_name,
            "newImage": self.new_image,
            "oldImage": self.old_image,
        }


def plan_changes(count: int) -> Iterator[Change]:
    """Yield so many changes: of each seven, four inserts, two updates and one delete."""
    living: list[tuple[str, Image]] = []
    inserted = 0
    for number in range(count):
        step = number % _CYCLE
        if step <= _LAST_INSERT:
            item_id = f"order-{inserted:05d}"
            inserted += 1
            yield Change("INSERT", item_id, _image(item_id, number), None)
            living.append((item_id, _image(item_id, number)))
        elif step <= _LAST_MODIFY:
            item_id, old = living.pop(0)
            living.append((item_id, _image(item_id, number)))
            yield Change("MODIFY", item_id, _image(item_id, number), old)
        else:
            item_id, old = living.pop(0)
            yield Change("REMOVE", item_id, None, old)


def _image(item_id: str, number: int) -> Image:
    return {
        "id": {"S": item_id},
        "version": {"N": str(number)},
        # More digits than a float has, and text beyond ASCII: both must arrive as they are.
        "amount": {"N": f"{number}.0000000000000000000000000000001"},
        "note": {"S": f"alteração nº {number} 🎉"},
    }

"""Items whose every change carries its item's id and a version that grows by one."""

from collections.abc import Mapping
from typing import Any, cast

from consumer.publishing.records import EventName, Image
from tests.streams.records import Change


class Items:
    """Makes the next change of an item, whatever it is by then.

    Args:
        padding: Text that each image carries besides.
        attributes: How many attributes more it has, which weigh in Java's memory.
    """

    def __init__(self, padding: str = "", attributes: int = 0) -> None:
        self._padding = {"padding": {"S": padding}} | {
            f"attribute-{number}": {"S": f"value-{number}"} for number in range(attributes)
        }
        self._versions: dict[str, int] = {}
        self._living: set[str] = set()

    def write(self, item_id: str) -> tuple[Change, int]:
        """Insert or modify an item; return the change and its version."""
        old, version = self._image(item_id), self._next(item_id)
        self._living.add(item_id)
        name: EventName = "INSERT" if old is None else "MODIFY"
        return Change(name, _keys(item_id), self._image(item_id), old), version

    def is_there(self, item_id: str) -> bool:
        """Whether an item was inserted and not removed."""
        return item_id in self._living

    def remove(self, item_id: str) -> tuple[Change, int]:
        """Remove an item that is there; return the change and its version."""
        old, version = self._image(item_id), self._next(item_id)
        self._living.discard(item_id)
        return Change("REMOVE", _keys(item_id), None, old), version

    def _next(self, item_id: str) -> int:
        self._versions[item_id] = self._versions.get(item_id, 0) + 1
        return self._versions[item_id]

    def _image(self, item_id: str) -> Image | None:
        if item_id not in self._living:
            return None
        version = {"N": str(self._versions[item_id])}
        return {**_keys(item_id), "version": version, **self._padding}


def poison(item_id: str) -> Change:
    """A record of an item's shard that is no change, and can't be published."""
    return Change(cast("EventName", "TRUNCATE"), _keys(item_id), _keys(item_id), None)


def identify(entry: Mapping[str, Any]) -> tuple[str, int]:
    """Return an entry's item and version; a removal's is the one after the old image's."""
    new, old = entry["newImage"], entry["oldImage"]
    image = new or old
    return str(image["id"]["S"]), int(image["version"]["N"]) + (new is None)


def _keys(item_id: str) -> Image:
    return {"id": {"S": item_id}}

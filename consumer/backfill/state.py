"""How far a backfill has come, as it is saved from one life of the program to the next."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consumer.fleet.items import attributes
from consumer.publishing.records import Image
from consumer.publishing.snapshots import NO_NUMBER, Run, place_of

Item = Mapping[str, Any]
"""An item of DynamoDB, as boto3 has it."""

_KEY_PREFIX = "Backfill/"


@dataclass(frozen=True, slots=True)
class ScanPosition:
    """Up to where a segment is published.

    Attributes:
        number: The number of the last item that is.
        keys: That item's key attributes, after which the scan goes on; None at the beginning.
        is_ended: Whether that was the segment's last.
    """

    number: str = NO_NUMBER
    keys: Image | None = None
    is_ended: bool = False


class ScanPositions:
    """Keeps the position of one segment; a checkpointer of the shard processor.

    Args:
        position: Where the segment begins.
    """

    def __init__(self, position: ScanPosition) -> None:
        self.position = position
        """Up to where the segment is published."""
        self._read: deque[ScanPosition] = deque()

    def read(self, number: str, keys: Image) -> None:
        """Note an item that was read."""
        self._read.append(ScanPosition(number, keys))

    def keys_of(self, number: str) -> Image | None:
        """Return the keys of an item that was read and is not published yet."""
        return next((each.keys for each in self._read if each.number == number), None)

    def checkpoint(self, sequence_number: str) -> None:
        """Move to the item with this number, which was read."""
        while self.position.number != sequence_number:
            self.position = self._read.popleft()

    def wait_until_made(self) -> None:
        """Do nothing: each checkpoint is made at once."""

    def checkpoint_shard_end(self) -> None:
        """Move to the end."""
        self.position = ScanPosition(self.position.number, self.position.keys, is_ended=True)


@dataclass(frozen=True, slots=True)
class Backfill:
    """A backfill, with its positions.

    Attributes:
        table: The table's name.
        table_id: The table's id: one that is made anew under the name has another.
        topic_arn: The topic that gets its messages.
        run: Its run.
        positions: Up to where each segment is published.
    """

    table: str
    table_id: str
    topic_arn: str
    run: Run
    positions: tuple[ScanPosition, ...]

    @property
    def items(self) -> int:
        """How many items are published."""
        return sum(place_of(position.number) for position in self.positions)

    @property
    def is_ended(self) -> bool:
        """Whether all are."""
        return all(position.is_ended for position in self.positions)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is at work on a backfill.

    Attributes:
        token: Tells this life of the program from every other.
        name: Where it runs, for people.
        heartbeat: Goes up with every save.
    """

    token: str
    name: str
    heartbeat: int = 0


@dataclass(frozen=True, slots=True)
class SavedBackfill:
    """A backfill as it is saved.

    Attributes:
        backfill: The backfill.
        owner: Who works on it, or did when it was killed; None after an orderly stop.
    """

    backfill: Backfill
    owner: Owner | None


def state_key(table: str) -> Item:
    """Return the key under which the backfill of a table is saved."""
    return {"key": {"S": f"{_KEY_PREFIX}{table}"}}


def to_item(saved: SavedBackfill) -> dict[str, Any]:
    """Write a backfill as an item of DynamoDB."""
    backfill, owner = saved.backfill, saved.owner
    return {
        **state_key(backfill.table),
        "table": {"S": backfill.table},
        "tableId": {"S": backfill.table_id},
        "topicArn": {"S": backfill.topic_arn},
        "beganAt": {"N": str(backfill.run.began_at)},
        "positions": {"L": [_to_attribute(position) for position in backfill.positions]},
        **(_to_attributes(owner) if owner else {}),
    }


def from_item(item: Item) -> SavedBackfill:
    """Read what `to_item` wrote.

    Raises:
        ValueError: It is something else.
    """
    try:
        backfill = Backfill(
            table=item["table"]["S"],
            table_id=item["tableId"]["S"],
            topic_arn=item["topicArn"]["S"],
            run=Run(int(item["beganAt"]["N"])),
            positions=tuple(_position(each["M"]) for each in item["positions"]["L"]),
        )
        return SavedBackfill(backfill, _owner(item))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"holds a backfill that is none; {attributes(item)}") from error


def _to_attribute(position: ScanPosition) -> Item:
    return {
        "M": {
            "number": {"S": position.number},
            "keys": {"M": position.keys} if position.keys else {"NULL": True},
            "isEnded": {"BOOL": position.is_ended},
        }
    }


def _position(attribute: Item) -> ScanPosition:
    return ScanPosition(
        attribute["number"]["S"], attribute["keys"].get("M"), attribute["isEnded"]["BOOL"]
    )


def _to_attributes(owner: Owner) -> Item:
    return {
        "holder": {"S": owner.token},
        "holderName": {"S": owner.name},
        "beat": {"N": str(owner.heartbeat)},
    }


def _owner(item: Item) -> Owner | None:
    if "holder" not in item:
        return None
    return Owner(item["holder"]["S"], item["holderName"]["S"], int(item["beat"]["N"]))

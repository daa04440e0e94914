"""The leader's lock, in KCL's coordinator table."""

from collections.abc import Iterable
from dataclasses import dataclass

from consumer.fleet.items import Item, attributes, text

_LEADER = "Leader"


@dataclass(frozen=True, slots=True)
class Leadership:
    """The lock of the worker that assigns leases.

    Attributes:
        worker: The leader.
        version: Changes with each renewal.
        lasts_millis: How long the lock outlives its last renewal. The lock doesn't say when that
            was.
    """

    worker: str
    version: str
    lasts_millis: int


def read_leadership(items: Iterable[Item]) -> Leadership | None:
    """Find the leader's lock among the rows of the coordinator table; None without a leader.

    Raises:
        ValueError: The row of the lock is not one.
    """
    locks = [item for item in items if text(item, "key") == _LEADER]
    try:
        return next((_leadership(lock) for lock in locks), None)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"holds a leader's lock that is none; {attributes(*locks)}") from error


def _leadership(lock: Item) -> Leadership:
    return Leadership(
        worker=lock["ownerName"]["S"],
        version=lock["recordVersionNumber"]["S"],
        lasts_millis=int(lock["leaseDuration"]["S"]),
    )

"""Shards that make no progress, and why: rows that daemons keep in KCL's coordinator table.

Only a worker knows why its shard stands still. Its row lets every machine see it. The daemon writes
it (daemon/…/leases/StandstillRows.java), refreshes it while it lasts, and deletes it once it is
over.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from consumer.fleet.items import Item, attributes, number, text
from consumer.fleet.leases import Lease
from consumer.problems import Problem

LASTS_SECONDS = 180.0
"""An older row is of a worker that is gone, or that no longer has the shard."""

_DAY_SECONDS = 24 * 3600
_MILLIS = 1000
_SHORT = 6
_PREFIX = "Stopped/"


def short(number: str) -> str:
    """Return the end of a sequence number, which is enough to know it in a shard."""
    return f"…{number[-_SHORT:]}" if number.isdecimal() and len(number) > _SHORT else number


@dataclass(frozen=True, slots=True)
class Standstill:
    """Why a shard makes no progress. Times are in seconds since 1970 UTC, by the worker's clock.

    Attributes:
        shard_id: The shard.
        worker: The worker that tells it.
        checkpoint: The checkpoint at which the shard stands.
        reason: What is wrong.
        fix: What to do; empty if nobody knows.
        before: The record that can't be published; None where no single record is at fault.
        failures: How often it was tried since the last checkpoint.
        since: When the first of these tries failed.
        next_try_at: When the next try begins.
        reported_at: When the last try failed.
    """

    shard_id: str
    worker: str
    checkpoint: str
    reason: str
    fix: str
    before: str | None
    failures: int
    since: float
    next_try_at: float
    reported_at: float

    @property
    def key(self) -> dict[str, Any]:
        """The key of its row, in DynamoDB JSON."""
        return {"key": {"S": f"{_PREFIX}{self.shard_id}"}}

    def is_fresh(self, now: float) -> bool:
        """Whether its worker still tells it."""
        return now - self.reported_at <= LASTS_SECONDS

    def describe(self, now: float) -> str:
        """The rest of a sentence that begins with the shard; what to do is `fix`."""
        return f"{self.place}: {self.reason}; {self.tries(now)}"

    def tries(self, now: float) -> str:
        """How often it failed, and when it is tried again."""
        failures = f"{self.failures:,} failure{'' if self.failures == 1 else 's'}"
        return f"{failures}; {self._next_try(now)}"

    @property
    def place(self) -> str:
        """Where it stands: before a record, or after its checkpoint."""
        if self.before is not None:
            return f"stopped before {short(self.before)}"
        return f"stopped after {short(self.checkpoint)}"

    def _next_try(self, now: float) -> str:
        seconds = self.next_try_at - now
        if not self.is_fresh(now):
            return f"the last one {(now - self.reported_at) / 60:.0f} min ago"
        return f"next try in {seconds:.0f} s" if seconds > 0 else "the next try is under way"

    def concerns(self, lease: Lease | None) -> bool:
        """Whether the shard still stands where the row says: a new checkpoint ends it."""
        return lease is not None and lease.checkpoint == self.checkpoint


def read_standstills(items: Iterable[Item]) -> tuple[Standstill, ...]:
    """Read the standstills among the rows of the coordinator table, by shard.

    Raises:
        ValueError: A row with the key of a standstill is none.
    """
    rows = [item for item in items if str(item["key"]["S"]).startswith(_PREFIX)]
    try:
        found = [_standstill(row) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"holds a shard's standstill that is none; {attributes(*rows)}") from error
    return tuple(sorted(found, key=lambda each: each.shard_id))


def _standstill(row: Item) -> Standstill:
    return Standstill(
        shard_id=row["key"]["S"].removeprefix(_PREFIX),
        worker=row["worker"]["S"],
        checkpoint=row["checkpoint"]["S"],
        reason=row["reason"]["S"],
        fix=text(row, "fix") or "",
        before=text(row, "before"),
        failures=number(row, "failures"),
        since=number(row, "since") / _MILLIS,
        next_try_at=number(row, "nextTryAt") / _MILLIS,
        reported_at=int(row["reportedAt"]["N"]) / _MILLIS,
    )


def current_standstills(
    standstills: Iterable[Standstill], leases: Iterable[Lease], now: float
) -> tuple[Standstill, ...]:
    """Return those that last: their workers still tell them, and no checkpoint has passed them."""
    held = {lease.shard_id: lease for lease in leases}
    return tuple(
        each
        for each in standstills
        if each.is_fresh(now) and each.concerns(held.get(each.shard_id))
    )


def standstill_problems(standstills: Iterable[Standstill], now: float) -> list[Problem]:
    """Return a problem for each reason why shards make no progress."""
    groups = defaultdict[tuple[str, str], list[Standstill]](list)
    for each in standstills:
        groups[each.reason, each.fix].append(each)
    return [_problem(group, now) for group in groups.values()]


def _problem(group: Sequence[Standstill], now: float) -> Problem:
    first, *others = group
    if not others:
        return Problem(first.shard_id, first.describe(now), first.fix)
    thing = f"{len(group)} shards, such as {first.shard_id}"
    return Problem(thing, f"stopped: {first.reason}; {first.tries(now)}", first.fix)


def old_standstills(standstills: Iterable[Standstill], now: float) -> tuple[Standstill, ...]:
    """Return those that nobody has told for a day: their records have expired."""
    return tuple(each for each in standstills if now - each.reported_at > _DAY_SECONDS)

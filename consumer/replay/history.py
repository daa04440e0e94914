"""What is kept of a replay that was done: who did it, when, and what every lease had before."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from consumer.fleet.leases import Item
from consumer.replay.plan import Plan, Step

_PREFIX = "Replay-"
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Caller:
    """Who does a replay.

    Attributes:
        name: An ARN, or user@host.
        known_from: `sts`, where AWS told it, or `host`, where only this machine did.
    """

    name: str
    known_from: str


@dataclass(frozen=True, slots=True)
class ReplayRecord:
    """A replay that was done.

    Attributes:
        number: Counted from 1 for each application.
        mark: Tells this replay from another that wanted the same number.
        at: When, in ISO 8601.
        caller: By whom.
        origin: From where.
        again: How many records were to come again.
        skipped: How many unpublished records were passed over.
        steps: What was written, each with the checkpoint before.
    """

    number: int
    mark: str
    at: str
    caller: Caller
    origin: str
    again: int
    skipped: int
    steps: tuple[Step, ...]

    def to_item(self) -> dict[str, Any]:
        """The entry as a row in DynamoDB JSON, in KCL's coordinator table."""
        texts = {
            "key": f"{_PREFIX}{self.number:0{_DIGITS}}",
            "mark": self.mark,
            "at": self.at,
            "who": self.caller.name,
            "knownFrom": self.caller.known_from,
            "from": self.origin,
            "steps": json.dumps([asdict(step) for step in self.steps]),
        }
        numbers = {"again": self.again, "skipped": self.skipped}
        return {name: {"S": text} for name, text in texts.items()} | {
            name: {"N": str(number)} for name, number in numbers.items()
        }

    def to_json(self) -> Mapping[str, Any]:
        """The entry as the command shows it."""
        return {
            "replay": self.number,
            "at": self.at,
            "who": self.caller.name,
            "knownFrom": self.caller.known_from,
            "from": self.origin,
            "again": self.again,
            "skipped": self.skipped,
            "steps": [step.to_json() for step in self.steps],
        }


def new_entry(plan: Plan, caller: Caller, last: int, *, mark: str, at: str) -> ReplayRecord:
    """Return the entry of a plan that is about to be carried out, after the last one's number."""
    origin = str(plan.origin)
    return ReplayRecord(last + 1, mark, at, caller, origin, plan.again, plan.skipped, plan.steps)


def is_entry(item: Item) -> bool:
    """Whether a row of the coordinator table is a replay."""
    return str(item["key"]["S"]).startswith(_PREFIX)


def read_entry(item: Item) -> ReplayRecord:
    """Read such a row."""
    steps = json.loads(item["steps"]["S"])
    return ReplayRecord(
        number=int(item["key"]["S"].removeprefix(_PREFIX)),
        mark=item["mark"]["S"],
        at=item["at"]["S"],
        caller=Caller(item["who"]["S"], item["knownFrom"]["S"]),
        origin=item["from"]["S"],
        again=int(item["again"]["N"]),
        skipped=int(item["skipped"]["N"]),
        steps=tuple(Step(**{**step, "parents": tuple(step["parents"])}) for step in steps),
    )

"""The record of a replay that was done: who did it, when, and each lease's checkpoint before."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from consumer.fleet.items import Item
from consumer.replay.plan import Plan, Step

_PREFIX = "Replay-"
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Caller:
    """Who does a replay.

    Attributes:
        name: An ARN, or user@host.
        known_from: `sts` if AWS named the caller, `host` if only this machine did.
    """

    name: str
    known_from: str


@dataclass(frozen=True, slots=True)
class ReplayRecord:
    """A replay that was done.

    Attributes:
        number: Counted from 1 for each application.
        mark: Distinguishes this replay from another that took the same number.
        at: The time, in ISO 8601.
        caller: Who did it.
        start_position: Where it began.
        again: Published records that came again, as far as they were counted.
        skipped: Unpublished records that were passed over.
        steps: What was written, each with the checkpoint before.
    """

    number: int
    mark: str
    at: str
    caller: Caller
    start_position: str
    again: int
    skipped: int
    steps: tuple[Step, ...]

    def to_item(self) -> dict[str, Any]:
        """The row of KCL's coordinator table, in DynamoDB JSON."""
        texts = {
            "key": f"{_PREFIX}{self.number:0{_DIGITS}}",
            "mark": self.mark,
            "at": self.at,
            "who": self.caller.name,
            "knownFrom": self.caller.known_from,
            "from": self.start_position,
            "steps": json.dumps([asdict(step) for step in self.steps]),
        }
        numbers = {"again": self.again, "skipped": self.skipped}
        return {name: {"S": text} for name, text in texts.items()} | {
            name: {"N": str(number)} for name, number in numbers.items()
        }

    def to_json(self) -> Mapping[str, Any]:
        """What the command shows."""
        return {
            "replay": self.number,
            "at": self.at,
            "who": self.caller.name,
            "knownFrom": self.caller.known_from,
            "from": self.start_position,
            "again": self.again,
            "skipped": self.skipped,
            "steps": [step.to_json() for step in self.steps],
        }


def new_replay_record(plan: Plan, caller: Caller, last: int, *, mark: str, at: str) -> ReplayRecord:
    """Return the record of a plan that is about to be carried out.

    Args:
        plan: The plan.
        caller: Who does it.
        last: The number of the latest replay, 0 if there was none.
        mark: Distinguishes it from another replay that takes the same number.
        at: The time, in ISO 8601.
    """
    return ReplayRecord(
        number=last + 1,
        mark=mark,
        at=at,
        caller=caller,
        start_position=str(plan.start_position),
        again=plan.again,
        skipped=plan.skipped,
        steps=plan.steps,
    )


def is_replay_record(item: Item) -> bool:
    """Whether a row of the coordinator table is the record of a replay."""
    return str(item["key"]["S"]).startswith(_PREFIX)


def read_replay_record(item: Item) -> ReplayRecord:
    """Read such a row."""
    steps = json.loads(item["steps"]["S"])
    return ReplayRecord(
        number=int(item["key"]["S"].removeprefix(_PREFIX)),
        mark=item["mark"]["S"],
        at=item["at"]["S"],
        caller=Caller(item["who"]["S"], item["knownFrom"]["S"]),
        start_position=item["from"]["S"],
        again=int(item["again"]["N"]),
        skipped=int(item["skipped"]["N"]),
        steps=tuple(Step(**{**step, "parents": tuple(step["parents"])}) for step in steps),
    )

"""What a replay writes: for each shard the checkpoint from which it is to be read again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from consumer.fleet.leases import TRIM_HORIZON
from consumer.fleet.shards import Shard
from consumer.replay.read_plan import Findings, ReadPlan, ReplayError
from consumer.replay.search import SearchResult
from consumer.replay.start_position import LATEST_EDGE, AtSequenceNumber, StartPosition

MOST_STEPS = 99
"""DynamoDB writes a hundred items at once or none of them; one of them keeps what was done."""


@dataclass(frozen=True, slots=True)
class Step:
    """One lease to be written.

    Attributes:
        shard_id: The shard.
        parents: The shards that it follows on.
        now: Its checkpoint at present; None where its lease is gone and is written anew.
        to: The checkpoint that it gets.
        again: How many records come again, as far as they are counted.
        skipped: How many records that are not published yet will not be.
        waits: Whether the shard that it follows on is read again before it.
    """

    shard_id: str
    parents: tuple[str, ...]
    now: str | None
    to: str
    again: int = 0
    skipped: int = 0
    waits: bool = False

    def to_json(self) -> Mapping[str, Any]:
        """The step as the command shows it."""
        return {
            "shardId": self.shard_id,
            "checkpoint": self.now,
            "to": self.to,
            "again": self.again,
            "skipped": self.skipped,
            "waitsForParent": self.waits,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """A replay before it is done.

    Attributes:
        origin: Where it begins.
        steps: The leases to be written, parents before their children.
        stays: Shards that stay as they are though one might expect otherwise, with the reason.
    """

    origin: StartPosition
    steps: tuple[Step, ...]
    stays: Mapping[str, str]

    def to_json(self) -> Mapping[str, Any]:
        """The plan as the command shows it."""
        return {
            "from": str(self.origin),
            "again": self.again,
            "skipped": self.skipped,
            "steps": [step.to_json() for step in self.steps],
            "stays": dict(self.stays),
        }

    @property
    def again(self) -> int:
        """How many records come again."""
        return sum(step.again for step in self.steps)

    @property
    def skipped(self) -> int:
        """How many records that are not published yet will not be."""
        return sum(step.skipped for step in self.steps)


def plan(survey: ReadPlan, findings: Findings) -> Plan:
    """Return what to write, once everything is read.

    A shard that isn't read as far as the replay begins stays where it is: nothing that is not
    published is passed over, except where that is what was asked for.

    Raises:
        ReplayError: The record to begin with isn't there or is in several shards; or there are more
            leases to write than can be written at once.
    """
    found = _with_the_record(survey, findings)
    steps: dict[str, Step] = {}
    for shard in survey.shards.values():
        step = _step(survey, shard, found.get(shard.shard_id, SearchResult()), steps)
        if step:
            steps[shard.shard_id] = step
    _check_size(survey, tuple(steps))
    return Plan(survey.origin, tuple(steps.values()), _stays(survey, found, steps))


def _step(
    survey: ReadPlan, shard: Shard, found: SearchResult, earlier: Mapping[str, Step]
) -> Step | None:
    lease = survey.leases.get(shard.shard_id)
    parents = (shard.parent,) if shard.parent else ()
    step = Step(shard.shard_id, parents, lease.checkpoint if lease else None, TRIM_HORIZON)
    place = found.before.sequence_number if found.before else TRIM_HORIZON
    if survey.origin == LATEST_EDGE:
        return replace(step, to=place, skipped=found.passed) if found.passed else None
    if shard.parent in earlier:
        # Even where the checkpoint stays, its worker has to let go and to wait for the parent.
        return replace(step, again=found.published, waits=True)
    if found.begin and lease and not found.passed and not found.published:
        # Published and not yet checkpointed, perhaps: the checkpoint is right, its worker lets go.
        return replace(step, to=lease.checkpoint)
    return replace(step, to=place, again=found.published) if found.published else None


def _with_the_record(survey: ReadPlan, findings: Findings) -> Findings:
    """Leave only the shard that holds the record to begin with, and what follows on it."""
    if not isinstance(survey.origin, AtSequenceNumber):
        return findings
    holders = survey.holders(findings)
    if not holders:
        raise ReplayError(
            f"--from {survey.origin}: no shard that is asked has this record; it may have expired"
        )
    if len(holders) > 1:
        raise ReplayError(
            f"--from {survey.origin}: is in {' and '.join(sorted(holders))}; name one as --shard"
        )
    kept = survey.followers(holders[0]) | {holders[0]}
    return {shard_id: found for shard_id, found in findings.items() if shard_id in kept}


def _stays(survey: ReadPlan, found: Findings, steps: Mapping[str, Step]) -> dict[str, str]:
    stays = {
        shard_id: "is not read so far yet"
        for shard_id, each in found.items()
        if (each.begin or each.passed) and shard_id not in steps
    }
    gone = set(survey.leases) - survey.listed
    return stays | dict.fromkeys(sorted(gone), "is not in the stream any more")


def _check_size(survey: ReadPlan, shard_ids: tuple[str, ...]) -> None:
    if len(shard_ids) <= MOST_STEPS:
        return
    parts = _parts(survey.families(shard_ids))
    asked = "; ".join(" ".join(f"--shard {each}" for each in part) for part in parts)
    raise ReplayError(
        f"--from {survey.origin}: {len(shard_ids)} leases would be written, and at most "
        f"{MOST_STEPS} can be at once; do it in {len(parts)} parts: {asked}"
    )


def _parts(families: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    """The eldest shards of families that can be written together."""
    parts: list[list[str]] = []
    room = 0
    for family in sorted(families, key=len):
        if len(family) > MOST_STEPS:
            raise ReplayError(
                f"--from: {len(family)} shards follow on {family[0]}, and at most {MOST_STEPS} "
                "leases can be written at once; begin later"
            )
        if len(family) > room:
            parts.append([])
            room = MOST_STEPS
        parts[-1].append(family[0])
        room -= len(family)
    return parts

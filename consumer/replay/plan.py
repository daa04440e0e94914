"""What a replay writes: each shard's new checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from consumer.fleet.leases import TRIM_HORIZON
from consumer.fleet.shards import Shard
from consumer.replay.errors import ReplayError
from consumer.replay.read_plan import ReadPlan, SearchResults
from consumer.replay.shard_search import SearchResult
from consumer.replay.start_position import LATEST_BOUNDARY, AtSequenceNumber, StartPosition

MOST_STEPS = 99
"""A DynamoDB transaction has at most 100 items; one of them is the replay's own record."""


@dataclass(frozen=True, slots=True)
class Step:
    """One lease to write.

    Attributes:
        shard_id: The shard.
        parents: Its parent shards.
        now: Its current checkpoint; None if the lease is gone and is written anew.
        to: Its new checkpoint.
        again: Published records that come again, as far as they were counted.
        skipped: Unpublished records that are passed over.
        waits: Whether its parent is read again first.
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
        start_position: Where it begins.
        steps: The leases to write, parents before their children.
        stays: Shards that one might expect to change and that don't, with the reason.
    """

    start_position: StartPosition
    steps: tuple[Step, ...]
    stays: Mapping[str, str]

    def to_json(self) -> Mapping[str, Any]:
        """The plan as the command shows it."""
        return {
            "from": str(self.start_position),
            "again": self.again,
            "skipped": self.skipped,
            "steps": [step.to_json() for step in self.steps],
            "stays": dict(self.stays),
        }

    @property
    def again(self) -> int:
        """Published records that come again."""
        return sum(step.again for step in self.steps)

    @property
    def skipped(self) -> int:
        """Unpublished records that are passed over."""
        return sum(step.skipped for step in self.steps)


def plan(read_plan: ReadPlan, search_results: SearchResults) -> Plan:
    """Return what to write, once everything is read.

    A shard whose checkpoint lies before the start position stays where it is. So no unpublished
    record is passed over, unless the start position is `latest`.

    Raises:
        ReplayError: No shard has the first record, or several have it; or one transaction can't
            write all leases.
    """
    found = _with_the_record(read_plan, search_results)
    steps: dict[str, Step] = {}
    for shard in read_plan.shards.values():
        step = _step(read_plan, shard, found.get(shard.shard_id, SearchResult()), steps)
        if step:
            steps[shard.shard_id] = step
    _check_size(read_plan, tuple(steps))
    return Plan(read_plan.start_position, tuple(steps.values()), _stays(read_plan, found, steps))


def _step(
    read_plan: ReadPlan, shard: Shard, found: SearchResult, earlier: Mapping[str, Step]
) -> Step | None:
    lease = read_plan.leases.get(shard.shard_id)
    parents = (shard.parent,) if shard.parent else ()
    step = Step(shard.shard_id, parents, lease.checkpoint if lease else None, TRIM_HORIZON)
    checkpoint = found.before.sequence_number if found.before else TRIM_HORIZON
    if read_plan.start_position == LATEST_BOUNDARY:
        return replace(step, to=checkpoint, skipped=found.passed) if found.passed else None
    if shard.parent in earlier:
        # Even if the checkpoint stays, the worker must drop the lease and wait for the parent.
        return replace(step, again=found.published, waits=True)
    if found.begin and lease and not found.passed and not found.published:
        # The next records may be published but not checkpointed. The checkpoint is right as it is;
        # the worker must drop the lease and read them again.
        return replace(step, to=lease.checkpoint)
    return replace(step, to=checkpoint, again=found.published) if found.published else None


def _with_the_record(read_plan: ReadPlan, search_results: SearchResults) -> SearchResults:
    """Keep only the shard that holds the first record, and its descendants."""
    if not isinstance(read_plan.start_position, AtSequenceNumber):
        return search_results
    holders = read_plan.holders(search_results)
    if not holders:
        raise ReplayError(
            f"--from {read_plan.start_position}: none of these shards has this record; it may have "
            "expired"
        )
    if len(holders) > 1:
        raise ReplayError(
            f"--from {read_plan.start_position}: several shards have this record: "
            f"{', '.join(sorted(holders))}; name one as --shard"
        )
    kept = read_plan.descendants(holders[0]) | {holders[0]}
    return {shard_id: found for shard_id, found in search_results.items() if shard_id in kept}


def _stays(read_plan: ReadPlan, found: SearchResults, steps: Mapping[str, Step]) -> dict[str, str]:
    stays = {
        shard_id: "its checkpoint lies before the start of the replay"
        for shard_id, each in found.items()
        if (each.begin or each.passed) and shard_id not in steps
    }
    gone = set(read_plan.leases) - read_plan.listed
    return stays | dict.fromkeys(sorted(gone), "the stream no longer has this shard")


def _check_size(read_plan: ReadPlan, shard_ids: tuple[str, ...]) -> None:
    if len(shard_ids) <= MOST_STEPS:
        return
    parts = _parts(read_plan.families(shard_ids))
    asked = "; ".join(" ".join(f"--shard {each}" for each in part) for part in parts)
    raise ReplayError(
        f"--from {read_plan.start_position}: {len(shard_ids)} leases would be written, but at most "
        f"{MOST_STEPS} fit into one transaction; do it in {len(parts)} parts: {asked}"
    )


def _parts(families: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    """Group families that fit into one transaction; return each family's eldest shard."""
    parts: list[list[str]] = []
    room = 0
    for family in sorted(families, key=len):
        if len(family) > MOST_STEPS:
            raise ReplayError(
                f"--from: {family[0]} and its descendants are {len(family)} shards, but at most "
                f"{MOST_STEPS} leases fit into one transaction; begin later"
            )
        if len(family) > room:
            parts.append([])
            room = MOST_STEPS
        parts[-1].append(family[0])
        room -= len(family)
    return parts

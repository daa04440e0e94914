"""What a replay reads and writes, for families of shards."""

from collections.abc import Mapping, Sequence

import pytest

from consumer.fleet.leases import Lease
from consumer.fleet.shards import Shard, ShardPosition
from consumer.replay.errors import ReplayError
from consumer.replay.plan import MOST_STEPS, Plan, Step, plan
from consumer.replay.read_plan import ReadPlan, coarser
from consumer.replay.shard_search import SearchResult
from consumer.replay.start_position import (
    LATEST_BOUNDARY,
    OLDEST_BOUNDARY,
    AtSequenceNumber,
    AtTime,
    StartPosition,
)

# A parent that has ended, its two children, one of which has ended too, and a shard of its own.
SHARDS = [
    Shard("parent", "gone", "10", "19"),
    Shard("left", "parent", "20", None),
    Shard("right", "parent", "20", "29"),
    Shard("grand", "right", "30", None),
    Shard("other", None, "10", None),
]
RECORDS = {
    "parent": (10, 12, 14),
    "left": (20, 22),
    "right": (21, 23, 25),
    "grand": (30, 32),
    "other": (11, 13, 21, 31),
}
READ = {"parent": "SHARD_END", "left": "22", "right": "SHARD_END", "grand": "32", "other": "31"}


def read_plan_of(
    start_position: StartPosition, checkpoints: Mapping[str, str], named: Sequence[str] = ()
) -> ReadPlan:
    """A read_plan of the shards above with leases at these checkpoints."""
    leases = [Lease(shard_id, "worker", place) for shard_id, place in checkpoints.items()]
    return ReadPlan(start_position, SHARDS, leases, named)


def search_results_of(read_plan: ReadPlan) -> tuple[dict[str, SearchResult], list[str]]:
    """Read as the edge does; return what was found, and the shards that were read."""
    search_results: dict[str, SearchResult] = {}
    while shard_ids := read_plan.to_read(search_results):
        for shard_id in shard_ids:
            search = read_plan.search(shard_id)
            start = read_plan.reads_after(shard_id)
            after = int(start) if start.isdecimal() else 0
            numbers = [number for number in RECORDS[shard_id] if number > after]
            search.see([ShardPosition(str(number), float(number)) for number in numbers])
            search_results[shard_id] = search.result
    return search_results, sorted(search_results)


def planned(
    start_position: StartPosition, checkpoints: Mapping[str, str], named: Sequence[str] = ()
) -> Plan:
    """The plan of a replay of the shards above."""
    read_plan = read_plan_of(start_position, checkpoints, named)
    return plan(read_plan, search_results_of(read_plan)[0])


def written(plan: Plan) -> dict[str, tuple[str, int]]:
    """What each shard gets, and how many of its records come again."""
    return {step.shard_id: (step.to, step.again) for step in plan.steps}


def test_a_shard_that_ended_is_opened_and_all_that_follow_wait() -> None:
    """Parents stand before their children, which begin at their beginnings."""
    result = planned(AtTime(14), READ)

    assert list(written(result).items()) == [
        ("parent", ("12", 1)),
        ("left", ("TRIM_HORIZON", 2)),
        ("right", ("TRIM_HORIZON", 3)),
        ("grand", ("TRIM_HORIZON", 2)),
        ("other", ("13", 2)),
    ]
    assert {step.shard_id for step in result.steps if step.waits} == {"left", "right", "grand"}
    assert (result.again, result.skipped, result.stays) == (10, 0, {})


def test_what_is_too_old_is_not_read() -> None:
    """Where a child has begun before the moment, nothing of its parent is since then."""
    read_plan = read_plan_of(AtTime(31), READ)
    search_results, read = search_results_of(read_plan)

    assert read == ["grand", "left", "other"]
    assert written(plan(read_plan, search_results)) == {"grand": ("30", 1), "other": ("21", 1)}


def test_a_lease_that_is_gone_is_written_again() -> None:
    """It was read, since a shard that follows on it is; its descendants have to wait for it."""
    leases = {"grand": "32", "left": "22", "other": "31"}
    result = planned(AtTime(14), leases)

    assert [(step.shard_id, step.now) for step in result.steps] == [
        ("parent", None),
        ("left", "22"),
        ("right", None),
        ("grand", "32"),
        ("other", "31"),
    ]
    assert written(result)["parent"] == ("12", 1)
    assert next(step for step in result.steps if step.shard_id == "right").parents == ("parent",)


def test_a_lease_that_is_gone_is_one_of_an_ended_shard_however_far_its_child_is_read() -> None:
    """A replay may have set the child back to its beginning, just before the next replay."""
    result = planned(AtTime(14), {"left": "TRIM_HORIZON", "grand": "TRIM_HORIZON", "other": "31"})

    assert written(result) == {
        "parent": ("12", 1),
        "left": ("TRIM_HORIZON", 0),
        "right": ("TRIM_HORIZON", 3),
        "grand": ("TRIM_HORIZON", 0),
        "other": ("13", 2),
    }
    assert result.stays == {}


def test_a_shard_that_was_never_read_is_left_to_kcl() -> None:
    """It has no lease, and neither has any that follows: its beginning is still to come."""
    result = planned(AtTime(9), {"parent": "14", "other": "31"})

    assert written(result)["parent"] == ("TRIM_HORIZON", 3)
    assert written(planned(AtTime(9), {"other": "31"})) == {"other": ("TRIM_HORIZON", 4)}


def test_what_is_not_published_is_never_passed_over() -> None:
    """A shard that isn't read so far yet stays, and is named."""
    behind = {**READ, "other": "11", "left": "20"}
    result = planned(AtTime(31), behind)

    assert list(written(result)) == ["grand"]
    assert result.stays == dict.fromkeys(
        ["other"], "its checkpoint lies before the start of the replay"
    ) | {"left": "its checkpoint lies before the start of the replay"}


def test_what_is_published_and_not_yet_checkpointed_comes_again_too() -> None:
    """A checkpoint right before the place stays, and the worker that would move it lets go."""
    result = planned(AtTime(22), {**READ, "left": "20", "other": "21"})

    assert written(result)["left"] == ("20", 0)
    assert written(result)["other"] == ("21", 0)
    assert written(planned(OLDEST_BOUNDARY, {"left": "TRIM_HORIZON"}, ["left"])) == {
        "left": ("TRIM_HORIZON", 0)
    }


def test_to_the_latest_skips_and_counts_what_it_skips() -> None:
    """Only shards that are not read to their ends; the place is the last record, never a guess."""
    behind = {"parent": "12", "other": "21"}
    read_plan = read_plan_of(LATEST_BOUNDARY, behind)
    result = plan(read_plan, search_results_of(read_plan)[0])

    assert written(result) == {
        "parent": ("14", 0),
        "left": ("22", 0),
        "right": ("25", 0),
        "grand": ("32", 0),
        "other": ("31", 0),
    }
    assert (result.again, result.skipped) == (0, 1 + 2 + 3 + 2 + 1)
    assert written(planned(LATEST_BOUNDARY, READ)) == {}


def test_from_the_oldest_everything_comes_again() -> None:
    """Every shard that has published anything."""
    assert planned(OLDEST_BOUNDARY, READ).again == 14
    assert {step.to for step in planned(OLDEST_BOUNDARY, READ).steps} == {"TRIM_HORIZON"}


def test_a_record_is_found_in_the_shard_that_holds_it() -> None:
    """It comes first; of other shards only those that follow are replayed."""
    assert written(planned(AtSequenceNumber("23"), READ)) == {
        "right": ("21", 2),
        "grand": ("TRIM_HORIZON", 2),
    }


@pytest.mark.parametrize(
    ("number", "named", "mistake"),
    [
        ("24", (), "--from 24: none of these shards has this record"),
        ("21", (), "--from 21: several shards have this record: other, right; name one as --shard"),
        ("23", ("left",), "none of these shards"),
        ("23", ("lfet",), "--shard lfet: the stream has no such shard"),
    ],
)
def test_a_record_that_is_not_there_is_refused(
    number: str, named: Sequence[str], mistake: str
) -> None:
    """Or that is there twice, or a shard that isn't there."""
    with pytest.raises(ReplayError, match=mistake):
        planned(AtSequenceNumber(number), READ, named)


def test_named_shards_bring_what_follows_on_them() -> None:
    """And no other shard."""
    assert written(planned(AtTime(14), READ, ["right"])) == {
        "right": ("TRIM_HORIZON", 3),
        "grand": ("TRIM_HORIZON", 2),
    }
    assert written(planned(AtSequenceNumber("21"), READ, ["right"]))["right"] == ("TRIM_HORIZON", 3)


def test_leases_of_shards_that_are_gone_stay() -> None:
    """They are named, so that nobody looks for them in the plan."""
    result = planned(AtTime(31), {**READ, "expired": "SHARD_END"})

    assert result.stays == {"expired": "the stream no longer has this shard"}


def lone_read_plan(count: int, family: int = 1) -> tuple[ReadPlan, dict[str, SearchResult]]:
    """Read shards with a record each, in families of so many."""
    shards = [
        Shard(f"s{number:03}", f"s{number - 1:03}" if number % family else None, "1", "9")
        for number in range(count)
    ]
    record = ShardPosition("5", 5.0)
    leases = [Lease(shard.shard_id, None, "SHARD_END") for shard in shards]
    search_results = {
        shard.shard_id: SearchResult(record, None, record, published=1) for shard in shards
    }
    return ReadPlan(OLDEST_BOUNDARY, shards, leases), search_results


def test_as_many_leases_as_can_be_written_at_once() -> None:
    """All or none of them is DynamoDB's promise for a hundred."""
    assert len(plan(*lone_read_plan(MOST_STEPS)).steps) == MOST_STEPS


def test_more_leases_are_refused_with_parts_that_keep_families_together() -> None:
    """Each part names shards that begin a family, and fits."""
    with pytest.raises(ReplayError, match=r"120 leases would be written") as caught:
        plan(*lone_read_plan(120, family=40))

    assert "in 2 parts: --shard s000 --shard s040; --shard s080" in str(caught.value)


def test_a_family_that_is_too_large_is_refused() -> None:
    """It can't be written in parts: its shards would be read before their parents."""
    with pytest.raises(ReplayError, match=r"s000 and its descendants are 100 shards.*begin later"):
        plan(*lone_read_plan(100, family=100))


def test_a_plan_as_json_has_all_of_it() -> None:
    """A script reads what a person sees."""
    step = Step("shard", ("parent",), None, "7", again=2, waits=True)

    assert Plan(AtSequenceNumber("8"), (step,), {"gone": "why"}).to_json() == {
        "from": "8",
        "again": 2,
        "skipped": 0,
        "steps": [
            {
                "shardId": "shard",
                "checkpoint": None,
                "to": "7",
                "again": 2,
                "skipped": 0,
                "waitsForParent": True,
            }
        ],
        "stays": {"gone": "why"},
    }


@pytest.mark.parametrize(
    ("start_position", "tells_seconds", "result"),
    [
        (AtTime(119), [False, True], AtTime(119)),
        (AtTime(119), [False, False], AtTime(60)),
        (AtTime(119), [], AtTime(60)),
        (LATEST_BOUNDARY, [False], LATEST_BOUNDARY),
    ],
)
def test_a_moment_is_as_exact_as_the_stream(
    start_position: StartPosition, tells_seconds: list[bool], result: StartPosition
) -> None:
    """Better some changes before it than some after it missing."""
    search_results = {
        str(n): SearchResult(tells_seconds=told) for n, told in enumerate(tells_seconds)
    }

    assert coarser(start_position, search_results) == result

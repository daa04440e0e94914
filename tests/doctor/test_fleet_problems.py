"""What two looks tell to be wrong with a fleet."""

from dataclasses import replace

import pytest

from consumer.doctor.fleet_problems import (
    NEAR_EXPIRY_SECONDS,
    idle_leases,
    missing_workers,
    other_topics,
    shards_near_expiry,
    signs_of_life,
    slow_clocks,
    stopped_shards,
    too_few_places,
    unmeasured,
)
from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leadership import Leadership
from consumer.fleet.leases import Lease
from consumer.fleet.retention import is_retained
from consumer.fleet.shards import Shard
from consumer.fleet.standstills import Standstill
from consumer.fleet.status import FleetReading
from consumer.fleet.topic_claims import TopicClaim
from consumer.fleet.worker_reports import WorkerReport

NOW = 1_700_000_000.0
LEASE_TIMEOUT = 10.0
YOUNG = f"shardId-{int(NOW - 3600) * 1000:020}-aaaa"
OLD = f"shardId-{int(NOW - 25 * 3600) * 1000:020}-aaaa"


def readings(
    before: tuple[list[Lease], list[WorkerReport]], after: tuple[list[Lease], list[WorkerReport]]
) -> tuple[FleetReading, FleetReading]:
    """Two looks, eleven seconds apart."""
    (leases, reports), (later, newer) = before, after
    return (
        FleetReading(NOW - 11, tuple(leases), tuple(reports), None),
        FleetReading(NOW, tuple(later), tuple(newer), None),
    )


def reported(worker: str, seconds_ago: int) -> WorkerReport:
    """A worker's report."""
    return WorkerReport(worker, int(NOW) - seconds_ago)


def test_each_sign_of_life_counts() -> None:
    """A fresh report, a newer one by a clock that is slow, a renewal without any report."""
    first, last = readings(
        (
            [Lease("a", "renews", "5", counter=1), Lease("b", "gone", "5", counter=1)],
            [reported("gone", 60), reported("slow", 600)],
        ),
        (
            [
                Lease("a", "renews", "5", counter=2),
                Lease("b", "gone", "5", counter=1),
                Lease("c", "new", "5", counter=9),
                Lease("d", None, "5", counter=9),
            ],
            [reported("gone", 60), reported("slow", 590), reported("fresh", 10)],
        ),
    )

    assert signs_of_life(first, last, LEASE_TIMEOUT) == {"renews", "slow", "fresh"}
    assert missing_workers(first, last, LEASE_TIMEOUT) == []


def test_no_worker_at_all_is_said_with_since_when() -> None:
    """Or that none has ever been there."""
    gone: tuple[list[Lease], list[WorkerReport]] = (
        [],
        [reported("gone", 60), reported("longer", 600)],
    )
    (problem,) = missing_workers(*readings(gone, gone), LEASE_TIMEOUT)
    (never,) = missing_workers(*readings(([], []), ([], [])), LEASE_TIMEOUT)

    assert str(problem).startswith("workers: none has reported for 60 s; start one")
    assert str(never).startswith("workers: none has ever reported; start one")


def test_a_lease_that_nobody_renews_is_named_with_its_holder() -> None:
    """Or with nobody; an ended one need not be renewed."""
    still = [Lease("a", "w1", "5"), Lease("b", None, "5"), Lease("c", "w1", "SHARD_END")]
    held, free = idle_leases(*readings((still, []), (still, [])))

    assert str(held).startswith("a: w1 has not renewed its lease for 11 s; restart w1")
    assert str(free).startswith("b: nobody has held its lease for 11 s; look")


def test_shards_that_stand_still_are_one_problem_a_reason() -> None:
    """As long as their workers tell it, and no checkpoint has passed the place."""
    stopped = [
        Standstill(shard, "w1", "5", reason, "fix it", before, 2, NOW - 9, NOW + 4, NOW - 1)
        for shard, reason, before in (
            ("a", "no topic", None),
            ("b", "no topic", None),
            ("c", "is too large", "6"),
            ("moved", "no topic", None),
        )
    ]
    leases = (*(Lease(shard, "w1", "5") for shard in "abc"), Lease("moved", "w1", "7"))
    old = replace(stopped[2], shard_id="a", reported_at=NOW - 181)
    reading = FleetReading(NOW, leases, (), None, standstills=(*stopped, old))

    assert list(map(str, stopped_shards(reading))) == [
        "2 shards, such as a: stopped: no topic; 2 failures; next try in 4 s; fix it",
        "c: stopped before 6: is too large; 2 failures; next try in 4 s; fix it",
    ]


@pytest.mark.parametrize(
    ("shard_id", "young"), [(YOUNG, True), (OLD, False), ("shardId-1", False), ("", False)]
)
def test_a_shards_age_stands_in_its_id(shard_id: str, young: bool) -> None:  # noqa: FBT001
    """In milliseconds; what has none is taken for old."""
    assert is_retained(shard_id, NOW) == young


def test_a_shard_near_the_edge_is_named_with_what_is_left() -> None:
    """From three quarters of the 24 hours on."""
    backlogs: dict[str, Backlog | Unknown] = {
        "a": Backlog(1, oldest_at=NOW - NEAR_EXPIRY_SECONDS),
        "b": Backlog(1, oldest_at=NOW - NEAR_EXPIRY_SECONDS + 1),
        "c": Backlog(1, oldest_at=NOW - 24 * 3600, has_expired=True),
        "d": Unknown("throttled"),
        "e": Backlog(),
    }
    near, over = shards_near_expiry(backlogs, NOW)

    assert near.wrong == "its oldest unread record is 18.0 h old and expires in 6.0 h"
    assert over.wrong == (
        "its oldest unread record is 24.0 h old and may expire at any moment; records "
        "before it have expired"
    )
    assert unmeasured(backlogs) == ["d: throttled"]


def test_a_running_worker_with_another_topic_is_named() -> None:
    """One that is gone is not, nor one with the topic of the configuration."""
    reports = [reported("same", 1), reported("other", 1), reported("gone", 600)]
    claims = tuple(
        TopicClaim(worker, f"arn:{topic}", int(NOW) - 900)
        for worker, topic in (("same", "mine"), ("other", "theirs"), ("gone", "theirs"))
    )
    first, last = readings(([], reports), ([], reports))
    (problem,) = other_topics(first, replace(last, topic_claims=claims), LEASE_TIMEOUT, "arn:mine")

    assert str(problem).startswith(
        "worker other: publishes to arn:theirs, not to arn:mine; stop it"
    )


@pytest.mark.parametrize(
    ("workers", "most_leases", "is_found"),
    [(1, 2, True), (1, 3, False), (2, 2, False), (1, None, False), (0, 1, False)],
)
def test_fewer_places_than_open_shards_are_found(
    workers: int,
    most_leases: int | None,
    is_found: bool,  # noqa: FBT001
) -> None:
    """A closed shard needs no place for long; without workers that is what is wrong."""
    shards = [Shard(name, None, "1", None) for name in "abc"] + [Shard("d", None, "1", "9")]
    problems = too_few_places(workers, most_leases, shards)

    assert bool(problems) == is_found
    if problems:
        assert str(problems[0]).startswith(
            "maxLeasesForWorker = 2: 1 worker may hold 2 of 3 shards; raise it"
        )


@pytest.mark.parametrize(("behind", "is_found"), [(0, False), (1, False), (5, True), (-5, False)])
@pytest.mark.parametrize("phase", [0.0, 0.4, 0.9])
def test_a_clock_behind_the_leaders_is_found(behind: int, phase: float, is_found: bool) -> None:  # noqa: FBT001
    """By more than two periods of reports, where the leader takes the worker for gone."""
    looked_at = [NOW + second + phase for second in range(4)]
    taken = [
        FleetReading(
            at,
            (),
            (WorkerReport("leader", int(at)), WorkerReport("other", int(at - behind))),
            Leadership("leader", "v", 20_000),
        )
        for at in looked_at
    ]
    problems = slow_clocks(taken, report_seconds=1)

    assert bool(problems) == is_found
    if problems:
        assert str(problems[0]).startswith("worker other: its clock is about 5 s behind the clock")


def test_without_a_leader_that_reports_no_clock_is_judged() -> None:
    """There is nothing to compare with; a report that never changes is no clock's."""
    still = WorkerReport("other", int(NOW) - 60)
    leader = WorkerReport("leader", int(NOW))
    taken = [
        FleetReading(NOW, (), (still,), None),
        FleetReading(NOW + 1, (), (still, leader), Leadership("leader", "v", 20_000)),
    ]

    assert slow_clocks(taken[:1] * 2, 1) == []
    assert slow_clocks(taken, 1) == []

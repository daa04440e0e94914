"""What two looks tell to be wrong with a fleet."""

import pytest

from consumer.doctor.fleet_problems import (
    NEAR_EXPIRY_SECONDS,
    foreign_leases,
    idle_leases,
    missing_workers,
    shards_near_expiry,
    signs_of_life,
    unmeasured,
)
from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leases import Lease
from consumer.fleet.retention import is_retained
from consumer.fleet.shards import Shard
from consumer.fleet.status import FleetReading
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


def test_a_lease_of_another_stream_is_one_of_a_young_shard_that_is_not_listed() -> None:
    """An old one may have expired; an ended one does no harm."""
    leases = [
        Lease(YOUNG, "w1", "5"),
        Lease(OLD, "w1", "5"),
        Lease("listed", "w1", "5"),
        Lease(YOUNG + "b", "w1", "SHARD_END"),
    ]
    (foreign,) = foreign_leases(leases, [Shard("listed", None, "1", None)], NOW)

    assert str(foreign).startswith(f"{YOUNG}: has a lease, but is a shard of another stream; give")


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

"""What is said of a fleet for what its tables and its stream hold."""

from collections.abc import Sequence
from dataclasses import replace

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leadership import Leadership
from consumer.fleet.leases import Lease
from consumer.fleet.renewals import Renewals
from consumer.fleet.shards import Shard
from consumer.fleet.standstills import Standstill
from consumer.fleet.status import FleetReading, FleetStatus, ShardStatus, assess, with_paces
from consumer.fleet.topic_claims import TopicClaim
from consumer.fleet.unread_positions import unread_positions
from consumer.fleet.worker_reports import WorkerReport
from consumer.status.to_json import to_json

NOW = 1_700_000_000.0
LEASE_TIMEOUT = 10.0


def a_look(
    leases: Sequence[Lease] = (), reports: Sequence[WorkerReport] = (), leader: str | None = None
) -> FleetReading:
    """A look at tables with these rows."""
    lock = Leadership(leader, "v", 20_000) if leader else None
    return FleetReading(NOW, tuple(leases), tuple(reports), lock)


def assessed(
    look: FleetReading,
    shards: Sequence[Shard] = (),
    backlogs: dict[str, Backlog | Unknown] | None = None,
    renewals: Renewals | None = None,
) -> FleetStatus:
    """What is made of it."""
    return assess(look, shards, backlogs or {}, renewals or Renewals(), LEASE_TIMEOUT)


def the_shard(status: FleetStatus, shard_id: str) -> ShardStatus:
    """One of its shards."""
    return next(shard for shard in status.shards if shard.shard_id == shard_id)


def reported(worker: str, seconds_ago: int = 1) -> WorkerReport:
    """A worker's report."""
    return WorkerReport(worker, int(NOW) - seconds_ago)


def test_each_shard_has_the_state_that_its_lease_tells() -> None:
    """And its owner's reports."""
    look = a_look(
        [
            Lease("1-ended", "w1", "SHARD_END"),
            Lease("2-reading", "w1", "5", parents=("1-ended",)),
            Lease("3-waiting", "w1", "TRIM_HORIZON", parents=("2-reading",)),
            Lease("4-silent", "w2", "5"),
            Lease("5-free", None, "5"),
            Lease("6-handed-over", "w2", "5", checkpoint_owner="w1"),
        ],
        [reported("w1"), reported("w2", 60)],
    )
    status = assessed(look, [Shard("7-new", "gone", "1", None)])

    assert [(shard.shard_id, shard.state) for shard in status.shards] == [
        ("1-ended", "ended"),
        ("2-reading", "reading"),
        ("3-waiting", "waiting"),
        ("4-silent", "silent"),
        ("5-free", "free"),
        ("6-handed-over", "reading"),
        ("7-new", "new"),
    ]
    assert the_shard(status, "3-waiting").waits_for == ("2-reading",)
    assert the_shard(status, "2-reading").parents == ("1-ended",)
    assert the_shard(status, "2-reading").waits_for == ()
    assert the_shard(status, "7-new").parents == ("gone",)


def test_a_shard_whose_lease_was_taken_away_has_ended_where_a_later_one_is_read() -> None:
    """KCL keeps no leases of what is read; however far back."""
    shards = [
        Shard("a", None, "1", "2"),
        Shard("b", "a", "3", "4"),
        Shard("c", "b", "5", None),
        Shard("d", "b", "5", None),
    ]
    leases = [Lease("c", "w1", "6")]
    status = assessed(a_look(leases, [reported("w1")]), shards)

    assert [shard.state for shard in status.shards] == ["ended", "ended", "reading", "new"]
    assert unread_positions(leases, shards, "LATEST") == {"c": "6", "d": "TRIM_HORIZON"}


def test_unread_records_begin_where_a_worker_would_begin() -> None:
    """At the checkpoint; a shard without one and without parents at the configured place."""
    shards = [
        Shard("a", None, "1", None),
        Shard("b", "over", "1", None),
        Shard("c", None, "1", "2"),
    ]
    leases = [Lease("over", "w1", "SHARD_END"), Lease("c", "w1", "7")]

    assert unread_positions(leases, shards, "LATEST") == {
        "a": "LATEST",
        "b": "TRIM_HORIZON",
        "c": "7",
    }


def test_a_worker_is_silent_once_its_report_is_older_than_a_lease_lasts() -> None:
    """The leader is who holds the lock, however silent."""
    leases = [Lease("a", "w1", "5"), Lease("b", "w1", "SHARD_END"), Lease("c", "w1", "5")]
    status = assessed(a_look(leases, [reported("w1", 11), reported("w2", 10)], leader="w1"))
    first, second = status.workers

    assert (first.worker, first.report_seconds, first.leases) == ("w1", 11, 2)
    assert (first.is_leader, first.is_silent) == (True, True)
    assert (second.worker, second.is_leader, second.is_silent) == ("w2", False, False)


def test_a_report_from_the_future_is_a_fresh_one() -> None:
    """Clocks differ."""
    (worker,) = assessed(a_look([], [reported("w1", -30)])).workers

    assert (worker.report_seconds, worker.is_silent) == (0, False)


def test_a_worker_that_never_reports_is_known_by_its_renewals() -> None:
    """One look tells nothing of it; a second one after long enough does."""
    look = a_look([Lease("a", "w1", "5", counter=8)])
    before = [Lease("a", "w1", "5", counter=7)]

    def is_silent(renewals: Renewals) -> bool:
        (worker,) = assessed(look, renewals=renewals).workers
        return worker.is_silent

    assert not is_silent(Renewals().after(look.leases, NOW))
    assert is_silent(Renewals().after(look.leases, NOW - 11).after(look.leases, NOW))
    assert not is_silent(Renewals().after(before, NOW - 11).after(look.leases, NOW))


def test_a_renewal_is_known_from_the_look_that_saw_it() -> None:
    """A lease that was seen once may have been renewed at any time."""
    first, second = Lease("a", "w1", "5", counter=1), Lease("a", "w1", "5", counter=2)
    renewals = Renewals().after([first], 100).after([second, Lease("b", "w1", "5")], 104)

    assert renewals.after([second], 109).seconds_since("a", 110) == 6
    assert renewals.seconds_since("b", 110) is None
    assert (renewals.watched_seconds(110), Renewals().watched_seconds(110)) == (10, 0)


def test_lag_is_the_age_of_the_oldest_unread_record() -> None:
    """It expires 24 hours after it was made."""
    backlog = Backlog(3, oldest_at=NOW - 3600)

    assert backlog.lag_seconds(NOW) == 3600
    assert backlog.left_seconds(NOW) == 23 * 3600
    assert Backlog(1, oldest_at=NOW + 1).lag_seconds(NOW) == 0
    assert (Backlog().lag_seconds(NOW), Backlog().left_seconds(NOW)) == (0, None)


def test_the_json_has_everything_and_none_for_what_is_not_known() -> None:
    """Sums are over shards whose backlog is known, and say so."""
    leases = [Lease("a", "w1", "5", counter=3), Lease("b", "w1", "LATEST", checkpoint_owner="w2")]
    backlogs: dict[str, Backlog | Unknown] = {
        "a": Backlog(1000, has_more=True, oldest_at=NOW - 60),
        "b": Unknown("no checkpoint yet"),
    }
    shards = [Shard("c", "a", "1", None)]
    document = to_json(assessed(a_look(leases, [reported("w1")], "w1"), shards, backlogs))

    assert document["workers"][0] == {
        "worker": "w1",
        "reportSeconds": 1,
        "isLeader": True,
        "isSilent": False,
        "leases": 1,
        "topicArn": None,
    }
    assert document["warnings"] == []
    assert document["shards"][0] == {
        "shardId": "a",
        "state": "reading",
        "owner": "w1",
        "handedOverBy": None,
        "checkpoint": "5",
        "leaseCounter": 3,
        "renewedSeconds": None,
        "parents": [],
        "waitsFor": [],
        "lagSeconds": 60,
        "recordsLeft": 1000,
        "recordsLeftIsLeast": True,
        "secondsUntilExpiry": 86_340,
        "checkpointExpired": False,
        "unknown": None,
        "end": None,
        "recordsPerSecond": None,
        "recordsPerSecondIsLeast": None,
        "caughtUpSeconds": None,
        "lastError": None,
    }
    assert document["shards"][1]["handedOverBy"] == "w2"
    assert document["shards"][1]["unknown"] == "no checkpoint yet"
    assert document["shards"][1]["recordsLeft"] is None
    assert document["shards"][2]["owner"] is None
    assert document["totals"] == {
        "workers": 2,
        "shards": 3,
        "stopped": 0,
        "reading": 2,
        "silent": 0,
        "free": 0,
        "waiting": 0,
        "ended": 0,
        "new": 1,
        "lagSeconds": 60,
        "recordsLeft": 1000,
        "recordsLeftIsLeast": True,
        "secondsUntilExpiry": 86_340,
        "caughtUpSeconds": None,
        "unknown": 1,
    }


def test_an_empty_fleet_is_behind_by_nothing() -> None:
    """No worker ever started on a stream without shards."""
    totals = to_json(assessed(a_look()))["totals"]

    assert (totals["shards"], totals["lagSeconds"], totals["secondsUntilExpiry"]) == (0, 0, None)
    assert not totals["recordsLeftIsLeast"]


def test_what_is_unknown_of_all_shards_is_unknown_in_total() -> None:
    """Zero would say that all is well; an ended shard tells nothing."""
    leases = [Lease("a", "w1", "5"), Lease("b", "w1", "SHARD_END")]
    document = to_json(assessed(a_look(leases), backlogs={"a": Unknown("of another stream")}))
    totals = document["totals"]

    assert (totals["lagSeconds"], totals["recordsLeft"], totals["secondsUntilExpiry"]) == (
        None,
    ) * 3
    assert (totals["unknown"], totals["recordsLeftIsLeast"]) == (1, True)


def stopped(shard_id: str, seconds_ago: float = 2, checkpoint: str = "5") -> Standstill:
    """A shard that can't publish its next record."""
    told = NOW - seconds_ago
    return Standstill(
        shard_id, "w1", checkpoint, "is too large", "split it", "6", 3, told - 7, told + 4, told
    )


def test_a_shard_that_makes_no_progress_is_stopped() -> None:
    """Also between two tries, while nobody holds its lease; not if its worker is silent."""
    look = a_look(
        [
            Lease("free", None, "5"),
            Lease("read", "w1", "5"),
            Lease("silent", "w2", "5"),
            Lease("moved", "w1", "6"),
            Lease("old", "w1", "5"),
            Lease("over", "w1", "SHARD_END"),
        ],
        [reported("w1"), reported("w2", 60)],
    )
    names = ("free", "read", "silent", "moved", "gone", "over")
    rows = (*map(stopped, names), stopped("old", 181))
    status = assessed(replace(look, standstills=rows))

    assert {shard.shard_id: shard.state for shard in status.shards} == {
        "free": "stopped",
        "read": "stopped",
        "silent": "silent",
        "moved": "reading",
        "old": "reading",
        "over": "ended",
    }
    assert the_shard(status, "moved").standstill is None
    assert the_shard(status, "old").standstill is not None
    assert to_json(status)["shards"][4]["lastError"] == {
        "before": "6",
        "reason": "is too large",
        "fix": "split it",
        "failures": 3,
        "failingSeconds": 9,
        "nextTrySeconds": 2,
        "reportedSeconds": 2,
        "worker": "w1",
    }


def test_a_second_look_tells_the_pace() -> None:
    """How many records are checkpointed a second, and when nothing is left."""
    before, after = a_look([Lease("a", "w1", "2")]), a_look([Lease("a", "w1", "4")])
    first = {"a": Backlog(3, oldest_at=NOW - 110, sequence_numbers=("3", "4", "5"))}
    last = {"a": Backlog(1, oldest_at=NOW - 50, sequence_numbers=("5",))}
    earlier = assessed(replace(before, at=NOW - 10), backlogs={**first, "gone": Backlog()})
    later = with_paces(earlier, assessed(after, [Shard("new", None, "1", None)], {**last}))
    document = to_json(later)

    assert document["shards"][0]["end"] == "5"
    assert document["shards"][0]["recordsPerSecond"] == 0.2
    assert document["shards"][0]["recordsPerSecondIsLeast"] is False
    assert document["shards"][0]["caughtUpSeconds"] == 10
    assert document["shards"][1]["recordsPerSecond"] is None
    assert document["totals"]["caughtUpSeconds"] is None
    assert with_paces(later, later) == later
    alone = to_json(with_paces(earlier, assessed(after, backlogs={**last})))
    assert alone["totals"]["caughtUpSeconds"] == 10


def test_running_workers_with_different_topics_are_told() -> None:
    """Each topic lacks a part; a silent worker's doesn't count."""
    claims = tuple(
        TopicClaim(worker, f"arn:{topic}", int(NOW) - 900)
        for worker, topic in (("w1", "one"), ("w2", "two"), ("gone", "three"))
    )
    look = a_look((), [reported("w1"), reported("w2"), reported("gone", 600)])
    apart = to_json(assessed(replace(look, topic_claims=claims)))
    together = to_json(assessed(replace(look, topic_claims=(claims[0], claims[2]))))

    (warning,) = apart["warnings"]
    assert warning.endswith("a part of the changes: w1 to arn:one, w2 to arn:two")
    topics = [worker["topicArn"] for worker in apart["workers"]]
    assert topics == ["arn:three", "arn:one", "arn:two"]
    assert together["warnings"] == []

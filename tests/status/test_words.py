"""A status in words."""

from dataclasses import replace

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leases import Lease
from consumer.fleet.pace import Pace
from consumer.fleet.standstills import Standstill
from consumer.fleet.status import FleetStatus, ShardStatus, WorkerStatus
from consumer.problems import Problem
from consumer.status.lines import plain_lines
from consumer.status.ranking import short_ids, worst_first
from consumer.status.words import (
    Subject,
    caught_up_of,
    end_of,
    excess,
    notes,
    owner_of,
    rate_of,
    shard_in_words,
    totals_in_words,
    worker_in_words,
)

NOW = 1_700_000_000.0
READ = ShardStatus("a", "reading", Lease("a", "w1", "5"), (), (), None, Backlog())
BEHIND = replace(
    READ,
    shard_id="b",
    lease=Lease("b", "w1", "5"),
    backlog=Backlog(2, has_more=True, oldest_at=NOW - 60, sequence_numbers=("6", "7")),
)
STOPPED = replace(
    BEHIND,
    shard_id="c",
    state="stopped",
    lease=Lease("c", "w1", "5"),
    standstill=Standstill(
        "c", "w1", "5", "is too large", "split it", "6", 5, NOW - 60, NOW + 40, NOW
    ),
)
UNKNOWN = replace(READ, shard_id="d", lease=None, state="new", backlog=Unknown("throttled"))
ENDED = replace(READ, shard_id="e", state="ended", lease=Lease("e", "w1", "SHARD_END"))


def fleet(*shards: ShardStatus) -> FleetStatus:
    """A fleet of these shards."""
    return FleetStatus(NOW, (WorkerStatus("w1", 1, True, 3, False),), shards)  # noqa: FBT003


def test_the_worst_shard_comes_first() -> None:
    """One that stands still, then by the lag, of which an unknown one is the greatest."""
    found = worst_first(fleet(ENDED, READ, BEHIND, UNKNOWN, STOPPED))

    assert [shard.shard_id for shard in found] == ["c", "d", "b", "a", "e"]


def test_a_short_id_is_no_other_shards() -> None:
    """An id that is short already stays, and so do two that end alike."""
    ids = ["shardId-01-12345678", "shardId-02-12345678", "shardId-01-abcdefgh", "12345679"]

    assert list(short_ids(ids).values()) == [*ids[:2], "…abcdefgh", "12345679"]


def test_totals_are_a_sentence() -> None:
    """The fleet, what is left, and until when."""
    paced = replace(BEHIND, pace=Pace(4, is_least=False, caught_up_seconds=15))
    slow = replace(paced, pace=Pace(4, is_least=False, caught_up_seconds=None))
    head = "1 worker, 1 shard (1 reading); farthest behind 60 s, at least 2 records left"

    assert totals_in_words(fleet()).startswith("1 worker, 0 shards (none); farthest behind 0 s")
    assert totals_in_words(fleet(BEHIND)) == f"{head}; the oldest of them expires in 24.0 h"
    assert totals_in_words(fleet(paced)).endswith("; caught up in 15 s")
    assert totals_in_words(fleet(slow)).endswith("; not catching up")
    assert totals_in_words(fleet(UNKNOWN)).endswith("; how far behind is unknown")
    assert "; how far behind is unknown" in totals_in_words(fleet(UNKNOWN, READ))
    assert "farthest behind at least 60 s, at least 2" in totals_in_words(fleet(UNKNOWN, BEHIND))


def test_what_somebody_should_know_is_told_the_worst_first() -> None:
    """A standstill, an error that its worker tells no more, the stream, an unknown lag."""
    old = replace(STOPPED, shard_id="old", lease=Lease("old", "w1", "5"))
    assert STOPPED.standstill
    told = replace(STOPPED.standstill, shard_id="old", reported_at=NOW - 600)
    status = fleet(UNKNOWN, replace(UNKNOWN, shard_id="x"), replace(old, standstill=told), STOPPED)
    problem = Problem("stream s", "is disabled", "enable it")

    assert list(notes(replace(status, problems=(problem,)))) == [
        "c: stopped before 6: is too large; 5 failures; next try in 40 s; split it",
        "old: last error: stopped before 6: is too large; 5 failures; the last one 10 min ago",
        "stream s: is disabled; enable it",
        "the lag of d and of 1 more is unknown: throttled",
    ]


def test_a_lag_is_too_long_or_unknown_or_well() -> None:
    """The limit itself is well."""
    assert excess(fleet(BEHIND), 60) is None
    assert excess(fleet(BEHIND), 59) == "the lag of 60 s is longer than 59 s"
    assert excess(fleet(BEHIND, UNKNOWN), 600) == "the lag of 1 shard is unknown"


def test_a_shard_is_a_line() -> None:
    """With everything that is known of it."""
    paced = replace(
        BEHIND,
        pace=Pace(4, is_least=True, caught_up_seconds=15),
        renewed_seconds=2,
        parents=("x", "y"),
        waits_for=("y",),
    )

    assert shard_in_words(paced, NOW) == (
        "reading, owner w1, 60 s behind, 2+ left, checkpoint 5, end 7+, 4.0+ records/s, caught up "
        "in 15 s, renewed 2 s ago, follows x, awaits y"
    )
    assert shard_in_words(UNKNOWN, NOW) == "new, ? behind, ? left"
    assert shard_in_words(ENDED, NOW) == "ended, checkpoint SHARD_END"


def test_what_is_not_known_is_empty() -> None:
    """Before a second look, and of a shard that is read to its end."""
    slow = replace(BEHIND, pace=Pace(4, is_least=False, caught_up_seconds=None))

    assert (end_of(READ), end_of(UNKNOWN), rate_of(READ), caught_up_of(READ)) == ("",) * 4
    assert (rate_of(slow), caught_up_of(slow)) == ("4.0", "")
    assert "not catching up" in shard_in_words(slow, NOW)
    assert owner_of(replace(READ, lease=Lease("a", None, "5"))) == "nobody"
    handed = Lease("a", "w2", "5", checkpoint_owner="w1")
    assert owner_of(replace(READ, lease=handed)) == "w1 → w2"


def test_a_worker_is_a_line() -> None:
    """Whether it has reported or not."""
    worker = WorkerStatus("w1", None, False, 1, True)  # noqa: FBT003

    assert worker_in_words(worker) == "1 lease, never reported, silent"
    assert worker_in_words(fleet().workers[0]) == "3 leases, reported 1 s ago, leader"


def test_each_plain_line_has_the_moment() -> None:
    """Totals, what is wrong, workers, shards; ended ones if everything is asked for."""
    subject = Subject("app", "orders", "arn:aws:sns:eu-west-1:123456789012:changes")
    status = fleet(READ, ENDED)
    lines = list(plain_lines(status, subject, everything=False))

    assert [line.split(" ")[0] for line in lines] == ["2023-11-14T22:13:20Z"] * 3
    assert " app: orders → arn:aws:sns:eu-west-1:123456789012:changes: 1 worker" in lines[0]
    assert len(list(plain_lines(status, subject, everything=True))) == 4
    assert subject.named(wide=False) == "app: orders → changes"

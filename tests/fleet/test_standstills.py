"""Shards that make no progress, as their rows tell."""

from dataclasses import replace
from typing import Any

import pytest

from consumer.fleet.leases import Lease
from consumer.fleet.standstills import Standstill, old_standstills, read_standstills

NOW = 1_700_000_000.0
POISON = Standstill(
    shard_id="shardId-1",
    worker="w1",
    checkpoint="300000000000000004158",
    reason="is too large",
    fix="name a bucket",
    before="300000000000000004159",
    failures=5,
    since=NOW - 60,
    next_try_at=NOW + 40,
    reported_at=NOW,
)
ROW: dict[str, Any] = {
    "key": {"S": "Stopped/shardId-1"},
    "worker": {"S": "w1"},
    "checkpoint": {"S": "300000000000000004158"},
    "reason": {"S": "is too large"},
    "fix": {"S": "name a bucket"},
    "before": {"S": "300000000000000004159"},
    "failures": {"N": "5"},
    "since": {"N": "1699999940000"},
    "nextTryAt": {"N": "1700000040000"},
    "reportedAt": {"N": "1700000000000"},
}


def test_a_row_is_read_among_others() -> None:
    """The daemon leaves out what it doesn't know."""
    less = {name: value for name, value in ROW.items() if name not in {"before", "fix"}}
    rows = [{"key": {"S": "Leader"}}, {**less, "key": {"S": "Stopped/shardId-2"}}, ROW]

    assert read_standstills(rows) == (
        POISON,
        replace(POISON, shard_id="shardId-2", before=None, fix=""),
    )


def test_a_row_that_is_none_is_refused() -> None:
    """Rather than shown by half; its values are nobody's business."""
    with pytest.raises(ValueError, match="holds a shard's standstill that is none") as refused:
        read_standstills([{"key": {"S": "Stopped/shardId-1"}}])

    assert str(refused.value).endswith("; its attributes are key")


@pytest.mark.parametrize(
    ("standstill", "seconds", "sentence"),
    [
        (POISON, 0, "stopped before …004159: is too large; 5 failures; next try in 40 s"),
        (POISON, 41, "stopped before …004159: is too large; 5 failures; the next try is under way"),
        (
            POISON,
            720,
            "stopped before …004159: is too large; 5 failures; the last one 12 min ago",
        ),
        (
            replace(POISON, before=None, failures=1),
            0,
            "stopped after …004158: is too large; 1 failure; next try in 40 s",
        ),
        (
            replace(POISON, before=None, checkpoint="TRIM_HORIZON"),
            0,
            "stopped after TRIM_HORIZON: is too large; 5 failures; next try in 40 s",
        ),
    ],
)
def test_it_is_told_in_one_sentence(standstill: Standstill, seconds: float, sentence: str) -> None:
    """The place, the reason, how often it failed, and when it is tried again."""
    assert standstill.describe(NOW + seconds) == sentence


def test_a_new_checkpoint_ends_it() -> None:
    """And so does the lease's end."""
    lease = Lease("shardId-1", None, POISON.checkpoint)

    assert POISON.concerns(lease)
    assert not POISON.concerns(replace(lease, checkpoint="SHARD_END"))
    assert not POISON.concerns(None)


def test_a_row_of_yesterday_is_old() -> None:
    """What it tells of has expired."""
    rows = (POISON, replace(POISON, reported_at=NOW - 86_401))

    assert old_standstills(rows, NOW) == rows[1:]

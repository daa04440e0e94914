"""What is kept of a replay."""

from consumer.replay.plan import Plan, Step
from consumer.replay.replay_record import (
    Caller,
    ReplayRecord,
    is_replay_record,
    new_replay_record,
    read_replay_record,
)
from consumer.replay.start_position import AtTime

STEPS = (
    Step("parent", (), "SHARD_END", "7", again=3),
    Step("child", ("parent",), None, "TRIM_HORIZON", again=2, waits=True),
)
CALLER = Caller("arn:aws:iam::123456789012:user/night-shift", "sts")


def replay_record() -> ReplayRecord:
    """A replay of two shards."""
    return new_replay_record(
        Plan(AtTime(0), STEPS, {}), CALLER, 41, mark="t-1", at="2026-11-23T02:00:00Z"
    )


def test_an_entry_counts_on_from_the_last_one() -> None:
    """Two replays at once want the same number, and only one gets it."""
    assert replay_record().number == 42


def test_an_entry_is_read_as_it_was_written() -> None:
    """With every checkpoint that was there before."""
    item = replay_record().to_item()

    assert is_replay_record(item)
    assert item["key"] == {"S": "Replay-000042"}
    assert read_replay_record(item) == replay_record()


def test_rows_of_kcl_are_no_entries() -> None:
    """They stand in the same table."""
    assert not is_replay_record({"key": {"S": "Leader"}})


def test_an_entry_is_shown_with_who_and_when() -> None:
    """The mark is nobody's business."""
    assert replay_record().to_json() == {
        "replay": 42,
        "at": "2026-11-23T02:00:00Z",
        "who": CALLER.name,
        "knownFrom": "sts",
        "from": "1970-01-01T00:00:00Z",
        "again": 5,
        "skipped": 0,
        "steps": [step.to_json() for step in STEPS],
    }

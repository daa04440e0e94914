"""How fast a shard is read."""

import pytest

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.pace import Pace, pace_between

NOW = 1_700_000_000.0
FIRST = Backlog(2, has_more=True, oldest_at=NOW - 40, sequence_numbers=("9", "10"))


@pytest.mark.parametrize(
    ("checkpoint", "records", "is_least"),
    [("TRIM_HORIZON", 0, False), ("8", 0, False), ("9", 0.2, False), ("SHARD_END", 0.4, True)],
)
def test_records_up_to_the_checkpoint_are_done(
    checkpoint: str, records: float, *, is_least: bool
) -> None:
    """As numbers they are compared; where all that were counted are done, more may be."""
    pace = pace_between(FIRST, Backlog(), checkpoint, NOW, 5)

    assert pace == Pace(records, is_least, 0)


@pytest.mark.parametrize(("oldest_ago", "seconds"), [(25, 12.5), (35, None), (60, None)])
def test_the_lag_tells_when_nothing_is_left(oldest_ago: float, seconds: float | None) -> None:
    """A lag that doesn't fall never ends."""
    pace = pace_between(FIRST, Backlog(1, oldest_at=NOW - oldest_ago), "9", NOW, 5)

    assert pace is not None
    assert pace.caught_up_seconds == seconds


def test_what_is_not_measured_has_no_pace() -> None:
    """Neither before nor after."""
    unknown = Unknown("throttled")

    assert pace_between(unknown, FIRST, "9", NOW, 5) is None
    assert pace_between(FIRST, unknown, "9", NOW, 5) is None

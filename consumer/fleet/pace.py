"""How fast a shard is read, and when it is caught up, from two measurements of its backlog."""

from dataclasses import dataclass

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.leases import SHARD_END


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace between two looks.

    Attributes:
        records_per_second: How many records a second were checkpointed.
        is_least: Whether there were more, which were not counted.
        caught_up_seconds: In how many seconds nothing is left, at this pace; None if it never is.
    """

    records_per_second: float
    is_least: bool
    caught_up_seconds: float | None


def pace_between(
    first: Backlog | Unknown, last: Backlog | Unknown, checkpoint: str, now: float, seconds: float
) -> Pace | None:
    """Return the pace; None if one of the backlogs is unknown.

    Args:
        first: The backlog at the first look.
        last: The backlog at the last look.
        checkpoint: The checkpoint at the last look.
        now: The time of the last look, in seconds since 1970 UTC.
        seconds: The time between the looks.
    """
    if not isinstance(first, Backlog) or not isinstance(last, Backlog):
        return None
    done = _done(first, checkpoint)
    # All that was counted at the first look is done, and there was more.
    is_least = first.has_more and done == first.records
    return Pace(done / seconds, is_least, _caught_up(first, last, now, seconds))


def _done(first: Backlog, checkpoint: str) -> int:
    if checkpoint == SHARD_END:
        return first.records
    if not checkpoint.isdecimal():
        return 0  # at TRIM_HORIZON nothing is published yet
    return sum(int(number) <= int(checkpoint) for number in first.sequence_numbers)


def _caught_up(first: Backlog, last: Backlog, now: float, seconds: float) -> float | None:
    """By the lag, which is exact where the records were too many to count."""
    lag = last.lag_seconds(now)
    if lag == 0:
        return 0.0
    gained = first.lag_seconds(now - seconds) - lag
    return lag * seconds / gained if gained > 0 else None

"""What happens when in a soak: shards roll in turn, workers are replaced in turn."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos.plan import Step

_SHARD_LIVES_SECONDS = 4 * 3_600
"""How long DynamoDB leaves a shard open."""

_WORKER_DOWN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a soak lives.

    Attributes:
        seconds: How long it takes.
        shards: How many shards are open.
        roll_seconds: Seconds from one roll of any shard to the next.
        replace_seconds: Seconds from one replacement of a worker to the next.
    """

    seconds: float
    shards: int
    roll_seconds: float
    replace_seconds: float

    @property
    def speed(self) -> float:
        """How many seconds of the stream's time pass in a second."""
        return _SHARD_LIVES_SECONDS / (self.roll_seconds * self.shards)

    @property
    def day_seconds(self) -> float:
        """How long a day of the stream takes."""
        return 24 * 3_600 / self.speed


def steps(pace: Pace, workers: int) -> list[Step]:
    """Return what happens, in the order of time."""
    rolls = (
        Step("shard_rolled", at, 0.0, (turn % pace.shards + 0.5) / pace.shards)
        for turn, at in _times(pace.roll_seconds, pace.seconds)
    )
    replacements = (
        Step("worker_stopped", at, _WORKER_DOWN_SECONDS, (turn % workers + 0.5) / workers)
        for turn, at in _times(pace.replace_seconds, pace.seconds)
    )
    return sorted([*rolls, *replacements], key=lambda step: step.at)


def fast_clock(
    speed: float, at_most_seconds: float, now: Callable[[], float] = time.time
) -> Callable[[], float]:
    """Return a clock that runs so many times as fast, and never passes the present.

    A lease's age is told by the present and the time in its shard's id. So the stream lies in the
    past, as far as it may come within so many seconds.
    """
    began = now()
    behind = at_most_seconds * speed
    return lambda: began - behind + (now() - began) * speed


def _times(every: float, until: float) -> Iterator[tuple[int, float]]:
    turn = 0
    while (turn + 1) * every < until:
        yield turn, (turn + 1) * every
        turn += 1

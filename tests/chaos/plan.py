"""What goes wrong when: the same seed always gives the same plan."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LEAST_GAP_SECONDS, _MOST_GAP_SECONDS = 1.0, 5.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of trouble.

    Attributes:
        name: What it is called in the figures.
        least_seconds: The shortest that it lasts; 0 for what happens in a moment.
        most_seconds: The longest.
    """

    name: str
    least_seconds: float = 0.0
    most_seconds: float = 0.0


KINDS = (
    # A worker that is killed or stopped is started again when its time is over.
    Kind("worker_killed", 1, 4),
    Kind("worker_stopped", 1, 3),
    # Longer than a lease lasts, too, so that another worker takes over from one that still lives.
    Kind("worker_frozen", 3, 25),
    Kind("record_processor_killed"),
    # Longer than publisher.childTimeoutMillis, too.
    Kind("record_processor_frozen", 2, 25),
    Kind("shard_split"),
    Kind("shard_rolled"),
    Kind("iterators_expired"),
    Kind("empty_pages"),
    # A shard's last records come after pages without any.
    Kind("closed_shard_empty"),
    Kind("stream_throttled", 1, 5),
    Kind("stream_failing", 1, 5),
    Kind("stream_dropping", 1, 5),
    Kind("stream_slow", 2, 6),
    # The role loses its permissions and gets them back.
    Kind("stream_denied", 1, 5),
    Kind("topic_throttled", 1, 6),
    Kind("topic_failing", 1, 6),
    Kind("topic_dropping", 1, 5),
    # It takes messages and doesn't say so.
    Kind("topic_mute", 1, 5),
    # It takes some messages of a call, and says so inside a 200.
    Kind("topic_partly", 2, 6),
    Kind("topic_slow", 2, 6),
    Kind("topic_denied", 1, 3),
    Kind("leases_throttled", 1, 5),
    Kind("leases_failing", 1, 5),
    Kind("leases_conflicting", 1, 3),
    Kind("leases_denied", 1, 3),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One trouble.

    Attributes:
        kind: Its kind's name.
        at: When it begins, in seconds since the first.
        lasts: How many seconds it lasts.
        dice: From 0 to below 1: which worker, shard or record processor it meets.
    """

    kind: str
    at: float
    lasts: float
    dice: float


def plan(seed: int, seconds: float, kinds: Sequence[Kind] = KINDS) -> list[Step]:
    """Return the troubles of so many seconds; none comes a second time before all have come."""
    chance = random.Random(seed)  # noqa: S311 - the same every time is what is wanted
    steps: list[Step] = []
    at = 0.0
    for kind in _shuffled_for_ever(kinds, chance):
        at += chance.uniform(_LEAST_GAP_SECONDS, _MOST_GAP_SECONDS)
        lasts = chance.uniform(kind.least_seconds, kind.most_seconds)
        if at + lasts > seconds:
            return steps
        steps.append(Step(kind.name, at, lasts, chance.random()))
    return steps


def _shuffled_for_ever(kinds: Sequence[Kind], chance: random.Random) -> Iterator[Kind]:
    while kinds:
        yield from chance.sample(kinds, len(kinds))

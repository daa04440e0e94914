"""A soak from beginning to end: a storm of nothing but what happens every day."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.chaos.storm import Forecast, Storm
from tests.soak.census import Census, Growth, growths, take_census
from tests.soak.plan import Pace, fast_clock, steps
from tests.streams.stream import SimulatedStream

_WORKERS = 2
_SEED = 1
_CENSUS_SECONDS = 2.0
_LEAST_CENSUSES = 6
_BUSY_SHARE = 20
# What a soak takes beside its own time: to start, and until all has arrived.
_BESIDE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class SoakOutcome:
    """What became of it.

    Attributes:
        counts: Lost, out of order, and what else is counted.
        growths: What was counted once the stream was a day old, and at the end.
    """

    counts: Mapping[str, int | float]
    growths: Sequence[Growth]

    @property
    def is_good(self) -> bool:
        """Whether the promise held, and nothing has grown."""
        wrong = ("lost", "out_of_order", "foreign", "worker_exits")
        has_grown = any(growth.is_growth for growth in self.growths)
        return not has_grown and not any(self.counts[name] for name in wrong)

    def to_json(self) -> Mapping[str, object]:
        """The figures by name."""
        return {**self.counts, **{each.name: each.to_json() for each in self.growths}}


class Soak:
    """Everything that a soak needs, while the `with` lasts.

    Args:
        pace: How fast it lives.
        rate: Changes a second.
        folder: Where the workers' logs go.
    """

    def __init__(self, pace: Pace, rate: float, folder: Path) -> None:
        self._pace = pace
        clock = fast_clock(pace.speed, pace.seconds + _BESIDE_SECONDS)
        self._stream = SimulatedStream("orders", pace.shards, now=clock)
        self._censuses: list[Census] = []
        self.storm = Storm(
            Forecast(pace.seconds, _SEED, _WORKERS, pace.shards, rate),
            folder,
            stream=self._stream,
            steps=steps(pace, _WORKERS),
            items=busy_and_quiet(self._stream),
        )

    def __enter__(self) -> Self:
        self.storm.__enter__()
        self._began = time.monotonic()
        return self

    def __exit__(self, *error: object) -> None:
        self.storm.__exit__(*error)

    def phases(self, look: Callable[[], None]) -> Iterator[tuple[str, Iterable[None]]]:
        """Yield the phases of the run, each a name and what yields from time to time.

        Args:
            look: Called from time to time; raises what is to end the run.
        """
        yield "starting", self._looking(self.storm.until_ready(), look)
        self._began = time.monotonic()
        yield "soaking", self._looking(self.storm.while_it_rages(), look, self._count)
        yield "ending", self._looking(self.storm.until_calm(), look)

    def outcome(self) -> SoakOutcome:
        """Stop the workers, and return the figures.

        Raises:
            TimeoutError: The run was too short for its stream to become a day old.
        """
        if len(self._censuses) < _LEAST_CENSUSES:
            raise TimeoutError(
                f"a day of the stream takes {self._pace.day_seconds:.0f} s: soak for longer"
            )
        ended = self.storm.outcome()
        counts = {
            **ended.balance.to_json(),
            "rolls": ended.faults.get("shard_rolled", 0),
            "replaced": ended.faults.get("worker_stopped", 0),
            "worker_exits": ended.worker_exits,
            "censuses": len(self._censuses),
            "longest_stall_seconds": round(ended.longest_stall.seconds, 1),
            "days_of_the_stream": round(self._pace.seconds / self._pace.day_seconds, 1),
        }
        return SoakOutcome(counts, growths(self._censuses))

    def _looking(
        self,
        looks: Iterable[None],
        look: Callable[[], None],
        count: Callable[[], None] = lambda: None,
    ) -> Iterator[None]:
        for _ in looks:
            look()
            self._stream.expire()
            count()
            yield

    def _count(self) -> None:
        """Count now and then, once the stream has as many shards as it ever has."""
        since = time.monotonic() - self._began
        is_steady = since > 1.25 * self._pace.day_seconds
        if is_steady and since > self._pace.day_seconds + _CENSUS_SECONDS * len(self._censuses):
            census = take_census(self.storm.fleet, self.storm.dynamodb, self.storm.application)
            self._censuses.extend([census] if census else [])


def busy_and_quiet(stream: SimulatedStream, count: int = 200) -> list[str]:
    """Return items to pick from: those of every other shard many times as often."""
    items = [f"item-{number}" for number in range(count)]
    busy = set(stream.open_shards()[::2])
    shards = {item: stream.shard_of({"id": {"S": item}}) for item in items}
    return [item for item in items for _ in range(_BUSY_SHARE if shards[item] in busy else 1)]

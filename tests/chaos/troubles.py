"""Making trouble, and ending it."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psutil

from tests.chaos import weather
from tests.chaos.fleet import Fleet, Worker
from tests.chaos.plan import Step
from tests.chaos.weather import Weather
from tests.streams.faults import Fault
from tests.streams.stream import SimulatedStream

End = Callable[[], object]
_EMPTY_PAGES = 5


@dataclass
class Services:
    """What is wrong with each service that a worker asks."""

    seed: int
    stream: Weather = field(init=False)
    topic: Weather = field(init=False)
    leases: Weather = field(init=False)

    def __post_init__(self) -> None:
        self.stream, self.topic, self.leases = (Weather(self.seed + turn) for turn in range(3))


class Troubles:
    """Begins what a step says, with whatever is there to meet it.

    Args:
        fleet: The workers.
        stream: The stream.
        services: What workers ask.
    """

    def __init__(self, fleet: Fleet, stream: SimulatedStream, services: Services) -> None:
        self._fleet, self._stream = fleet, stream
        self._most_shards = 2 * len(stream.open_shards())
        self._begin: Mapping[str, Callable[[Step], End | None]] = {
            "worker_killed": self._on_worker(fleet.kill),
            "worker_stopped": self._on_worker(fleet.stop),
            "worker_frozen": self._on_worker(fleet.freeze),
            "record_processor_killed": self._kill_record_processor,
            "record_processor_frozen": self._freeze_record_processor,
            "shard_split": self._split,
            "shard_rolled": lambda step: _moment(lambda: stream.roll(self._shard(step))),
            "iterators_expired": lambda _: _moment(stream.expire_iterators),
            "empty_pages": lambda _: _moment(lambda: stream.empty_pages(_EMPTY_PAGES)),
            "closed_shard_empty": lambda step: _moment(lambda: self._close_empty(step)),
            **_faults(services.stream, weather.STREAM),
            **_faults(services.topic, weather.TOPIC),
            **_faults(services.leases, weather.LEASES),
            "topic_mute": lambda _: services.topic.lose_answers(),
            "topic_partly": lambda _: services.topic.fail_partly(),
        }

    @property
    def kinds(self) -> set[str]:
        """The kinds of trouble that it knows."""
        return set(self._begin)

    def begin(self, step: Step) -> End | None:
        """Let it begin; return what ends it, None where nothing was there to meet it."""
        return self._begin[step.kind](step)

    def _on_worker(self, action: Callable[[Worker], End]) -> Callable[[Step], End | None]:
        def meet(step: Step) -> End | None:
            worker = self._fleet.pick(step.dice)
            return None if worker is None else action(worker)

        return meet

    def _kill_record_processor(self, step: Step) -> End | None:
        process = self._record_processor(step)
        return _moment(lambda: _signal(process, signal.SIGKILL)) if process else None

    def _freeze_record_processor(self, step: Step) -> End | None:
        process = self._record_processor(step)
        if process is None:
            return None
        _signal(process, signal.SIGSTOP)
        return lambda: _signal(process, signal.SIGCONT)

    def _record_processor(self, step: Step) -> psutil.Process | None:
        processes = [
            process for worker in self._fleet.workers for process in worker.record_processors()
        ]
        return processes[int(step.dice * len(processes))] if processes else None

    def _split(self, step: Step) -> End:
        if len(self._stream.open_shards()) < self._most_shards:
            return _moment(lambda: self._stream.split(self._shard(step)))
        return _moment(lambda: self._stream.roll(self._shard(step)))

    def _close_empty(self, step: Step) -> None:
        shard_id = self._shard(step)
        self._stream.empty_pages(_EMPTY_PAGES, shard_id)
        self._stream.roll(shard_id)

    def _shard(self, step: Step) -> str:
        shards = self._stream.open_shards()
        return shards[int(step.dice * len(shards))]


def _faults(service: Weather, known: Mapping[str, Fault]) -> Mapping[str, Callable[[Step], End]]:
    return {kind: lambda step: service.begin(step.kind, known[step.kind]) for kind in known}


def _moment(action: Callable[[], object]) -> End:
    """Do what happens in a moment and needs no end."""
    action()
    return lambda: None


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return

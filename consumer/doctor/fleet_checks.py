"""Checks, from outside, that the workers of a configuration do their work."""

from collections.abc import Callable, Sequence
from functools import cached_property

from consumer.checks.check import CannotTellError, Check, answered
from consumer.doctor.fleet_problems import (
    idle_leases,
    missing_workers,
    other_topics,
    shards_near_expiry,
    signs_of_life,
    slow_clocks,
    stopped_shards,
    too_few_places,
    unmeasured,
)
from consumer.fleet.connections import (
    latest_or_none,
    open_stream,
    stream_thing,
)
from consumer.fleet.inspection import Inspection, lease_timeout, open_inspection
from consumer.fleet.leases import not_renewed
from consumer.fleet.shards import StreamDescription
from consumer.fleet.status import FleetReading
from consumer.fleet.stream import Stream
from consumer.fleet.stream_problems import foreign_problems, stream_problems
from consumer.problems import Problem
from consumer.settings.configuration import Configuration

_POLL_SECONDS = 1.0
_NEEDS = ("stream", "lease table")


class FleetChecks:
    """Checks of workers, leases and shards, made on the same few readings.

    Args:
        configuration: The configuration.
        now: The clock, in seconds since 1970 UTC.
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        configuration: Configuration,
        now: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self._configuration, self._now, self._pause = configuration, now, pause
        self._thing = stream_thing(configuration)
        self._timeout = lease_timeout(configuration.kcl)

    def all(self) -> list[Check]:
        """Return the checks."""
        return [
            Check(
                "workers",
                "No change is published; after 24 hours the unread ones are lost.",
                lambda: missing_workers(*self._ends, self._timeout),
                _NEEDS,
            ),
            Check(
                "one topic",
                "Workers share the shards, so each topic lacks a part of the changes.",
                self._topics,
                (*_NEEDS, "workers"),
            ),
            Check(
                "places for shards",
                "Shards without a worker are not read; after 24 hours their changes are lost.",
                self._places,
                (*_NEEDS, "workers"),
            ),
            Check(
                "clocks of workers",
                "The leader takes the worker for gone, and gives it no shard.",
                self._clocks,
                (*_NEEDS, "workers"),
            ),
            Check(
                "leases are renewed",
                "The shard's changes wait; after 24 hours they are lost.",
                lambda: idle_leases(*self._ends),
                (*_NEEDS, "workers"),
            ),
            Check(
                "shards make progress",
                "The shard's changes wait; after 24 hours they are lost.",
                lambda: stopped_shards(self._ends[1]),
                _NEEDS,
            ),
            Check(
                "leases are this stream's",
                "The worker refuses to start: it would pass over shards that it can't find.",
                self._foreign,
                _NEEDS,
            ),
            Check(
                "stream takes changes",
                "No further change of the table is published.",
                self._disabled,
                (*_NEEDS, "leases are this stream's"),
            ),
            Check(
                "24 hours",
                "A record that expires before it is read is never published.",
                self._near_expiry,
                _NEEDS,
            ),
        ]

    @cached_property
    def _stream(self) -> Stream:
        return answered(self._thing, lambda: open_stream(self._configuration))

    @cached_property
    def _inspection(self) -> Inspection:
        return open_inspection(self._configuration, self._stream, self._now)

    @cached_property
    def _readings(self) -> list[FleetReading]:
        """Several readings, a second apart.

        They end when every lease was renewed, or when one that wasn't would have expired.
        """
        readings = [self._read()]
        while not self._is_clear(readings[0], readings[-1]):
            if readings[-1].at - readings[0].at > self._timeout:
                break
            self._pause(_POLL_SECONDS)
            readings.append(self._read())
        return readings

    @property
    def _ends(self) -> tuple[FleetReading, FleetReading]:
        return self._readings[0], self._readings[-1]

    def _is_clear(self, first: FleetReading, last: FleetReading) -> bool:
        if not first.leases and not first.reports:
            return True
        alive = signs_of_life(first, last, self._timeout)
        return bool(alive) and not not_renewed(first.leases, last.leases)

    def _read(self) -> FleetReading:
        name = self._configuration.kcl.application_name
        return answered(f"applicationName = {name!r}", self._inspection.read)

    @cached_property
    def _leases_and_stream(self) -> tuple[FleetReading, StreamDescription]:
        # Leases first: if a shard opens in between, its lease isn't seen as another stream's.
        reading = self._read()
        return reading, answered(self._thing, self._stream.describe)

    def _topics(self) -> Sequence[Problem]:
        topic = self._configuration.publisher.topic_arn
        return other_topics(*self._ends, self._timeout, topic)

    def _places(self) -> Sequence[Problem]:
        workers = len(signs_of_life(*self._ends, self._timeout))
        _, stream = self._leases_and_stream
        most = self._configuration.kcl.max_leases_for_worker
        return too_few_places(workers, most, stream.shards)

    def _clocks(self) -> Sequence[Problem]:
        millis = self._configuration.kcl.worker_metrics_reporter_freq_in_millis
        return slow_clocks(self._readings, millis / 1000)

    def _disabled(self) -> Sequence[Problem]:
        reading, stream = self._leases_and_stream
        latest = answered(self._thing, lambda: latest_or_none(self._configuration))
        return stream_problems(stream, latest, reading.leases)

    def _foreign(self) -> Sequence[Problem]:
        reading, stream = self._leases_and_stream
        table, listed = self._configuration.kcl.lease_table, [s.shard_id for s in stream.shards]
        return foreign_problems(table, reading.leases, listed, self._now())

    def _near_expiry(self) -> Sequence[Problem]:
        reading, stream = self._leases_and_stream
        found = self._inspection.backlogs(reading, stream.shards, 1, lambda _done, _of: None)
        near = shards_near_expiry(found, self._now())
        if not near and (unknown := unmeasured(found)):
            raise CannotTellError("; ".join(unknown))
        return near

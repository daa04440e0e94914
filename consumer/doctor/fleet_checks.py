"""Checks, from outside, that the workers of a configuration do their work."""

from collections.abc import Callable, Sequence
from functools import cached_property

from consumer.checks.check import CannotTellError, Check, answered
from consumer.doctor.fleet_problems import (
    foreign_leases,
    idle_leases,
    missing_workers,
    shards_near_expiry,
    signs_of_life,
    unmeasured,
)
from consumer.fleet.connections import open_lease_table, open_stream, stream_thing
from consumer.fleet.inspection import Inspection, lease_timeout
from consumer.fleet.leases import not_renewed
from consumer.fleet.shards import Shard
from consumer.fleet.status import FleetReading
from consumer.fleet.stream import Stream
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
                lambda: missing_workers(*self._readings, self._timeout),
                _NEEDS,
            ),
            Check(
                "leases are renewed",
                "The shard's changes wait; after 24 hours they are lost.",
                lambda: idle_leases(*self._readings),
                (*_NEEDS, "workers"),
            ),
            Check(
                "leases are this stream's",
                "The worker refuses to start: it would pass over shards that it can't find.",
                self._foreign,
                _NEEDS,
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
        table = open_lease_table(self._configuration)
        return Inspection(table, self._stream, self._configuration.kcl, self._now)

    @cached_property
    def _readings(self) -> tuple[FleetReading, FleetReading]:
        """The first and the last of several readings, a second apart.

        The last is the one by which every lease was renewed, or by which one would have expired.
        """
        first = last = self._read()
        while last.at - first.at <= self._timeout and not self._is_clear(first, last):
            self._pause(_POLL_SECONDS)
            last = self._read()
        return first, last

    def _is_clear(self, first: FleetReading, last: FleetReading) -> bool:
        if not first.leases and not first.reports:
            return True
        alive = signs_of_life(first, last, self._timeout)
        return bool(alive) and not not_renewed(first.leases, last.leases)

    def _read(self) -> FleetReading:
        name = self._configuration.kcl.application_name
        return answered(f"applicationName = {name!r}", self._inspection.read)

    @cached_property
    def _leases_and_shards(self) -> tuple[FleetReading, tuple[Shard, ...]]:
        # Leases first: if a shard opens in between, its lease isn't seen as another stream's.
        reading = self._read()
        return reading, answered(self._thing, lambda: self._stream.describe().shards)

    def _foreign(self) -> Sequence[Problem]:
        reading, shards = self._leases_and_shards
        return foreign_leases(reading.leases, shards, self._now())

    def _near_expiry(self) -> Sequence[Problem]:
        found = self._inspection.backlogs(*self._leases_and_shards, 1, lambda _done, _of: None)
        near = shards_near_expiry(found, self._now())
        if not near and (unknown := unmeasured(found)):
            raise CannotTellError("; ".join(unknown))
        return near

"""Whether the workers of a configuration do their work, seen from outside."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from consumer.checks.checks import CannotTellError, Check, answered
from consumer.doctor.fleet_problems import (
    foreign_leases,
    idle_leases,
    missing_workers,
    shards_near_the_edge,
    signs_of_life,
    unmeasured,
)
from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.inspection import Inspection, patience
from consumer.fleet.leases import not_renewed
from consumer.fleet.opening import open_lease_table, open_stream, stream_thing
from consumer.fleet.shards import Shard
from consumer.fleet.status import FleetReading
from consumer.fleet.stream import Stream
from consumer.fleet.unread_positions import unread
from consumer.problems import Problem
from consumer.settings.configuration import Configuration

_POLL_SECONDS = 1.0
_NEEDS = ("stream", "lease table")


class FleetChecks:
    """Checks of workers, leases and shards, on the same few looks.

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

    def all(self) -> list[Check]:
        """Return the checks."""
        return [
            Check(
                "workers",
                "No change is published; after 24 hours the unread ones are lost.",
                self._workers,
                _NEEDS,
            ),
            Check(
                "leases are renewed",
                "The shard's changes wait; after 24 hours they are lost.",
                lambda: idle_leases(*self._looks),
                (*_NEEDS, "workers"),
            ),
            Check(
                "leases are this stream's",
                "The worker refuses to start, for it would pass over shards that it can't find.",
                self._foreign,
                _NEEDS,
            ),
            Check(
                "24 hours",
                "What expires before it is read is never published.",
                self._edge,
                _NEEDS,
            ),
        ]

    @cached_property
    def _stream(self) -> Stream:
        return answered(self._thing, lambda: open_stream(self._configuration))

    @cached_property
    def _shards(self) -> tuple[Shard, ...]:
        return answered(self._thing, lambda: self._stream.describe().shards)

    @cached_property
    def _inspection(self) -> Inspection:
        kcl = self._configuration.kcl
        table = open_lease_table(self._configuration)
        return Inspection(table, self._stream, kcl, self._now)

    @cached_property
    def _looks(self) -> tuple[FleetReading, FleetReading]:
        """The first and the last of several looks, a second apart.

        They end once every lease was renewed, at the latest when one would have expired.
        """
        limit = patience(self._configuration.kcl)
        first = last = self._look()
        while last.at - first.at <= limit and not self._is_clear(first, last):
            self._pause(_POLL_SECONDS)
            last = self._look()
        return first, last

    def _is_clear(self, first: FleetReading, last: FleetReading) -> bool:
        if not first.leases and not first.reports:
            return True
        alive = signs_of_life(first, last, patience(self._configuration.kcl))
        return bool(alive) and not not_renewed(first.leases, last.leases)

    def _look(self) -> FleetReading:
        name = self._configuration.kcl.application_name
        return answered(f"applicationName = {name!r}", self._inspection.look)

    def _workers(self) -> Sequence[Problem]:
        first, last = self._looks
        return missing_workers(first, last, patience(self._configuration.kcl))

    def _foreign(self) -> Sequence[Problem]:
        return foreign_leases(self._look().leases, self._shards, self._now())

    def _edge(self) -> Sequence[Problem]:
        found = self._backlogs()
        near = shards_near_the_edge(found, self._now())
        if not near and (untold := unmeasured(found)):
            raise CannotTellError("; ".join(untold))
        return near

    def _backlogs(self) -> Mapping[str, Backlog | Unknown]:
        initial = self._configuration.kcl.initial_position_in_stream
        places = unread(self._look().leases, self._shards, initial)
        return self._inspection.backlogs(places, 1, lambda _done, _of: None)

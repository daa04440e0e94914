"""Looking at a fleet from outside: its tables, its stream, and what follows each checkpoint."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.measure_backlog import measure_backlog
from consumer.fleet.renewals import Renewals
from consumer.fleet.status import FleetReading, FleetStatus, assess
from consumer.fleet.stream import Stream
from consumer.fleet.unread_positions import unread
from consumer.settings.kcl import KclSettings

_AT_ONCE = 8

Progress = Callable[[int, int], None]
"""Told how many shards are measured, and of how many."""


class Inspection:
    """Looks as often as it is asked to, and remembers which leases were renewed in between.

    Args:
        leases: The fleet's tables.
        stream: The fleet's stream.
        kcl: The settings of its workers.
        now: The clock, in seconds since 1970 UTC.
    """

    def __init__(
        self,
        leases: LeaseTable,
        stream: Stream,
        kcl: KclSettings,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._leases, self._stream, self._kcl, self._now = leases, stream, kcl, now
        self._renewals = Renewals()

    def look(self) -> FleetReading:
        """Read the tables; raises what boto3 raises, and ValueError for rows that aren't KCL's."""
        reports, leadership = self._leases.reports(), self._leases.leadership()
        look = FleetReading(self._now(), self._leases.leases(), reports, leadership)
        self._renewals = self._renewals.after(look.leases, look.at)
        return look

    def status(self, bound: int, progress: Progress) -> FleetStatus:
        """Look, and measure what follows each checkpoint, up to so many records.

        Raises what `look` raises, and what boto3 raises where the stream can't be described.
        """
        look, shards = self.look(), self._stream.describe().shards
        places = unread(look.leases, shards, self._kcl.initial_position_in_stream)
        backlogs = self.backlogs(places, bound, progress)
        return assess(look, shards, backlogs, self._renewals, patience(self._kcl))

    def backlogs(
        self, places: Mapping[str, str], bound: int, progress: Progress
    ) -> Mapping[str, Backlog | Unknown]:
        """Measure what follows each checkpoint, several shards at once."""
        found: dict[str, Backlog | Unknown] = {}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            asked = {
                pool.submit(measure_backlog, self._stream, shard_id, checkpoint, bound): shard_id
                for shard_id, checkpoint in places.items()
            }
            for answered in as_completed(asked):
                found[asked[answered]] = answered.result()
                progress(len(found), len(asked))
        return found


def patience(kcl: KclSettings) -> float:
    """How many seconds a worker may give no sign of life: as long as its leases last."""
    # A report has whole seconds, and may be one period old.
    report_seconds = 2 * (kcl.worker_metrics_reporter_freq_in_millis / 1000) + 1
    return max(kcl.failover_time_millis / 1000, report_seconds)

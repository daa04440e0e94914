"""Inspects running workers from outside: their tables, their stream, each shard's backlog."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.backlog_measurement import measure_backlog
from consumer.fleet.connections import latest_or_none, open_lease_table
from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.renewals import Renewals
from consumer.fleet.shards import Shard
from consumer.fleet.status import FleetReading, FleetStatus, assess, with_paces
from consumer.fleet.stream import Stream
from consumer.fleet.stream_problems import LatestStream, foreign_problems, stream_problems
from consumer.fleet.unread_positions import unread_positions
from consumer.settings.configuration import Configuration
from consumer.settings.kcl import KclSettings

_PARALLEL_READS = 8
_PACE_SECONDS = 60.0

Progress = Callable[[int, int], None]
"""Takes how many shards are measured, and of how many."""


class Inspection:
    """Reads the tables as often as asked, and remembers which leases were renewed in between.

    Args:
        leases: KCL's tables.
        stream: The stream.
        kcl: The settings of the workers.
        latest: Asks for the latest stream of the table.
        now: The clock, in seconds since 1970 UTC.
    """

    def __init__(
        self,
        leases: LeaseTable,
        stream: Stream,
        kcl: KclSettings,
        latest: Callable[[], LatestStream],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._leases, self._stream, self._kcl, self._now = leases, stream, kcl, now
        self._latest, self._renewals = latest, Renewals()
        self._looks = list[FleetStatus]()

    def read(self) -> FleetReading:
        """Read the tables; raises what boto3 raises, and ValueError for rows that aren't KCL's."""
        reports, coordinator = self._leases.reports(), self._leases.coordinator()
        reading = FleetReading(self._now(), self._leases.leases(), reports, *coordinator)
        self._renewals = self._renewals.after(reading.leases, reading.at)
        return reading

    def status(self, bound: int, progress: Progress) -> FleetStatus:
        """Read the tables, and measure each shard's backlog up to `bound` records.

        From the second time on it has each shard's pace, over a minute at most.

        Raises what `read` raises, and what boto3 raises if the stream can't be described.
        """
        # Leases first: a shard that opens in between is then one without a lease, not one of
        # another stream.
        reading = self.read()
        stream = self._stream.describe()
        backlogs = self.backlogs(reading, stream.shards, bound, progress)
        timeout = lease_timeout(self._kcl)
        status = assess(reading, stream.shards, backlogs, self._renewals, timeout)
        table, listed = self._kcl.lease_table, [shard.shard_id for shard in stream.shards]
        problems = [
            *foreign_problems(table, reading.leases, listed, reading.at),
            *stream_problems(stream, self._latest(), reading.leases),
        ]
        return self._paced(replace(status, problems=tuple(problems)))

    def _paced(self, status: FleetStatus) -> FleetStatus:
        """Compare with the first look of the last minute, or with the last one before."""
        recent = [look for look in self._looks if status.at - look.at <= _PACE_SECONDS]
        self._looks = [*(recent or self._looks[-1:]), status]
        return with_paces(self._looks[0], status)

    def backlogs(
        self, reading: FleetReading, shards: Sequence[Shard], bound: int, progress: Progress
    ) -> Mapping[str, Backlog | Unknown]:
        """Measure the backlog of each shard that has not ended, several at once."""
        initial = self._kcl.initial_position_in_stream
        positions = unread_positions(reading.leases, shards, initial)
        is_open = {shard.shard_id: shard.is_open for shard in shards}
        found: dict[str, Backlog | Unknown] = {}
        with ThreadPoolExecutor(_PARALLEL_READS) as pool:
            asked = {
                pool.submit(
                    measure_backlog,
                    *(self._stream, shard_id, checkpoint, bound),
                    is_open=is_open.get(shard_id, False),
                ): shard_id
                for shard_id, checkpoint in positions.items()
            }
            for answered in as_completed(asked):
                found[asked[answered]] = answered.result()
                progress(len(found), len(asked))
        return found


def open_inspection(
    configuration: Configuration, stream: Stream, now: Callable[[], float] = time.time
) -> Inspection:
    """Return the inspection of the workers of this configuration. No call is made yet."""
    return Inspection(
        open_lease_table(configuration),
        stream,
        configuration.kcl,
        lambda: latest_or_none(configuration),
        now,
    )


def lease_timeout(kcl: KclSettings) -> float:
    """How many seconds a worker may give no sign of life: as long as its leases last."""
    # A report has whole seconds, and may be one period old.
    report_seconds = 2 * (kcl.worker_metrics_reporter_freq_in_millis / 1000) + 1
    return max(kcl.failover_time_millis / 1000, report_seconds)

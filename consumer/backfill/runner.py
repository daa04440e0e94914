"""A backfill from where it stands to its end, with what it has reached kept all the time."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from consumer.backfill.claim import ClaimedBackfill, open_table_client
from consumer.backfill.rate_limiter import RateLimiter
from consumer.backfill.segment_threads import SegmentThreads
from consumer.backfill.state import Backfill
from consumer.backfill.table import Table
from consumer.backfill.wiring import Tools, open_scans, policy_of
from consumer.delivery.retries import Retries
from consumer.publishing.ports import Journal
from consumer.settings.configuration import Configuration

_SAVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backfill has come.

    Attributes:
        backfill: The backfill, with its positions.
        units: Read units that this process has consumed.
        seconds: For how long it has been at work.
    """

    backfill: Backfill
    units: float
    seconds: float

    def to_json(self) -> Mapping[str, Any]:
        """The figures by name."""
        return {
            "table": self.backfill.table,
            "run": self.backfill.run.name,
            "segments": len(self.backfill.positions),
            "items": self.backfill.items,
            "readUnits": self.units,
            "seconds": round(self.seconds, 2),
            "ended": self.backfill.is_ended,
        }


class BackfillRunner:
    """Works on a backfill that was begun, and keeps how far it has come.

    Args:
        begun: The backfill.
        configuration: The workers' configuration.
        journal: Where events are noted.
        units_per_second: How fast the table may be read.
    """

    def __init__(
        self,
        begun: ClaimedBackfill,
        configuration: Configuration,
        journal: Journal,
        units_per_second: float,
    ) -> None:
        self._begun, self._holder = begun, begun.holder
        self._stop = threading.Event()
        self._pace = RateLimiter(units_per_second, time.monotonic, self._stop.wait)
        self._started = time.monotonic()
        name = configuration.table
        retries = Retries(f"table {name}", policy_of(begun.settings), journal)
        table = Table(
            open_table_client(configuration, connections=len(begun.backfill.positions)),
            name,
            retries,
        )
        tools = Tools(begun.settings, table, begun.description.key_names, self._pace, journal)
        self._scans, self._positions = open_scans(begun.backfill, tools)

    def run(self, show: Callable[[Progress], object]) -> None:
        """Return when everything is published.

        Args:
            show: Told about once a second how far it has come.

        Raises:
            BusyError: Another process has taken the backfill over.
            StreamPublisherError: It can't go on. What was reached is kept.
            KeyboardInterrupt: It was interrupted. What was reached is kept.
        """
        crew = SegmentThreads([scan.run for scan in self._scans], self._stop)
        try:
            while crew.is_at_work(_SAVE_SECONDS):
                self._holder = self._begun.state.save(self.progress.backfill, self._holder)
                show(self.progress)
        finally:
            crew.stop()
            self._begun.state.release(self.progress.backfill, self._holder)
            show(self.progress)

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        positions = tuple(each.position for each in self._positions)
        backfill = replace(self._begun.backfill, positions=positions)
        return Progress(backfill, self._pace.units, time.monotonic() - self._started)

"""A backfill from its positions to its end; the positions are saved all the time."""

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
_CHECK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backfill has come.

    Attributes:
        backfill: The backfill, with its positions.
        units: Read units that this process has consumed.
        seconds: How long it has worked.
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
    """Works on a backfill that this process owns, and saves its positions.

    Args:
        claimed: The backfill.
        configuration: The workers' configuration.
        journal: Where events are noted.
        units_per_second: How fast the table may be read.
    """

    def __init__(
        self,
        claimed: ClaimedBackfill,
        configuration: Configuration,
        journal: Journal,
        units_per_second: float,
    ) -> None:
        self._claimed, self._owner = claimed, claimed.owner
        self._stop = threading.Event()
        self._rate_limiter = RateLimiter(units_per_second, time.monotonic, self._stop.wait)
        self._started = time.monotonic()
        name = configuration.table
        retries = Retries(f"table {name}", policy_of(claimed.settings), journal)
        table = Table(
            open_table_client(configuration, connections=len(claimed.backfill.positions)),
            name,
            retries,
        )
        key_names = claimed.description.key_names
        tools = Tools(claimed.settings, table, key_names, self._rate_limiter, journal)
        self._scans, self._positions = open_scans(claimed.backfill, tools)
        self.is_resumable = False
        """Whether it stopped before its end, and its positions are saved."""

    def run(
        self, show: Callable[[Progress], object], check: Callable[[], object] = lambda: None
    ) -> None:
        """Return when everything is published.

        Args:
            show: Told about once a second how far it has come.
            check: Called ten times a second; raises to end the run.

        Raises:
            BusyError: Another process has taken the backfill over. Nothing more is saved.
            StreamPublisherError: It can't go on. The positions are saved.
        """
        threads = SegmentThreads([scan.run for scan in self._scans], self._stop)
        save_at = time.monotonic() + _SAVE_SECONDS
        try:
            while threads.are_at_work(_CHECK_SECONDS):
                check()
                if time.monotonic() >= save_at:
                    self._owner = self._claimed.state.save(self.progress.backfill, self._owner)
                    save_at = time.monotonic() + _SAVE_SECONDS
                    show(self.progress)
        finally:
            threads.stop()
            self._claimed.state.release(self.progress.backfill, self._owner)
            self.is_resumable = not self.progress.backfill.is_ended
            show(self.progress)

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        positions = tuple(each.position for each in self._positions)
        backfill = replace(self._claimed.backfill, positions=positions)
        return Progress(backfill, self._rate_limiter.units, time.monotonic() - self._started)

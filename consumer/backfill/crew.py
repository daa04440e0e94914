"""Segments at work side by side, each on a thread of its own."""

import threading
import time
from collections.abc import Callable, Sequence

from consumer.backfill.segment import SegmentScan

_GRACE_SECONDS = 10.0


class Crew:
    """Works until every segment is done, one fails, or it is told to stop.

    The threads don't keep the program from ending: what SNS is still being asked by then, and has
    no answer yet, is published again by whoever goes on.

    Args:
        scans: The segments.
        stop: Set once no more is to be read.
    """

    def __init__(self, scans: Sequence[SegmentScan], stop: threading.Event) -> None:
        self._stop = stop
        self._threads = [
            threading.Thread(target=self._work, args=(scan.run,), daemon=True) for scan in scans
        ]
        self._failures: list[BaseException] = []
        for thread in self._threads:
            thread.start()

    def is_at_work(self, seconds: float) -> bool:
        """Wait for so long at the most; return whether something is still to be done.

        Raises:
            BaseException: What a segment has failed for.
        """
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, min(seconds, deadline - time.monotonic())))
        if self._failures:
            raise self._failures[0]
        return any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Read no more, and wait a while until what was read is published."""
        self._stop.set()
        deadline = time.monotonic() + _GRACE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _work(self, run: Callable[[Callable[[], bool]], None]) -> None:
        try:
            run(self._stop.is_set)
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            self._failures.append(error)
            self._stop.set()

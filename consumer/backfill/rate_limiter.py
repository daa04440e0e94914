"""The rate at which all segments together may read."""

import threading
from collections.abc import Callable

from consumer.backfill.budget import TokenBucket


class RateLimiter:
    """Lets threads read at a rate.

    Args:
        units_per_second: The rate of all threads together.
        clock: Seconds that never go back.
        sleep: Waits for that many seconds, or returns early.
    """

    def __init__(
        self,
        units_per_second: float,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self.units_per_second = units_per_second
        """The rate."""
        self._budget = TokenBucket(units_per_second, clock())
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self.units = 0.0
        """Read units consumed so far."""

    def wait(self) -> None:
        """Return when something may be read, or when the sleep was cut short."""
        with self._lock:
            seconds = self._budget.wait(self._clock())
        if seconds:
            self._sleep(seconds)

    def spend(self, units: float) -> None:
        """Pay for what was read."""
        with self._lock:
            self._budget.spend(units, self._clock())
            self.units += units

"""How fast a table may be read."""

_FIRST_PAGE = 10

_LEAST_UNITS = 4.0
"""What a page may always cost: its price is rounded up, and smaller ones are mostly that."""


class TokenBucket:
    """Read units that come in at a steady rate; what a page costs beyond them is paid back.

    What a page costs is known only once it is read, so it may be spent before it is there; nothing
    more is read until the debt is paid. What isn't spent is saved for a second at the most.

    Args:
        units_per_second: The rate.
        now: Seconds of any clock that never goes back.
    """

    def __init__(self, units_per_second: float, now: float) -> None:
        self._rate = units_per_second
        self._left = units_per_second
        self._then = now

    def wait(self, now: float) -> float:
        """Return for how many seconds nothing may be read."""
        self._earn(now)
        return max(0.0, -self._left / self._rate)

    def spend(self, units: float, now: float) -> None:
        """Pay for a page."""
        self._earn(now)
        self._left -= units

    def _earn(self, now: float) -> None:
        self._left = min(self._rate, self._left + (now - self._then) * self._rate)
        self._then = now


class PageSize:
    """How many items a page should have, so that it costs what it may.

    Args:
        units: What a page should cost. A few it may cost anyway, one of a single item more.
    """

    def __init__(self, units: float) -> None:
        self._units = max(units, _LEAST_UNITS)
        self.items = _FIRST_PAGE
        """The most items of the next page."""

    def learn(self, items: int, units: float) -> None:
        """Learn what a page of so many items has cost."""
        if items and units:
            self.items = max(1, int(self._units * items / units))

"""How fast a table may be read: read units a second, and items a page."""

_FIRST_PAGE = 10

_LEAST_UNITS = 4.0
"""Read units that a page may always cost. DynamoDB rounds up, so smaller pages would waste them."""


class TokenBucket:
    """Read units that come in at a steady rate, and may be overdrawn.

    A page's cost is known only once it is read. So it may cost more than is left; nothing more is
    read until the debt is paid. At most the units of one second are saved up.

    Args:
        units_per_second: The rate.
        now: The time, in seconds of a clock that never goes back.
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
    """How many items a page should have, so that it costs what it should.

    Args:
        units: Read units that a page should cost. Very few are raised to a minimum; a page of one
            item may cost more.
    """

    def __init__(self, units: float) -> None:
        self._units = max(units, _LEAST_UNITS)
        self.items = _FIRST_PAGE
        """The most items of the next page."""

    def learn(self, items: int, units: float) -> None:
        """Learn how many read units a page of so many items has cost."""
        if items and units:
            self.items = max(1, int(self._units * items / units))

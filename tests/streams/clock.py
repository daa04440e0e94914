"""The time of a stream: a test begins in the past, and lets hours pass in a moment."""

import time

_HOUR_SECONDS = 3_600.0


class Clock:
    """Seconds since 1970, so many hours behind the machine's.

    Whoever reads the stream has the machine's clock: what was made by this one is old to them.

    Args:
        hours_ago: How many hours behind it begins.
    """

    def __init__(self, hours_ago: float = 0.0) -> None:
        self._behind = hours_ago * _HOUR_SECONDS

    def __call__(self) -> float:
        """The time, in seconds since 1970 UTC."""
        return time.time() - self._behind

    def catch_up(self) -> None:
        """Let the hours pass: from now on it is the machine's time."""
        self._behind = 0.0

"""What may be asked of a backfill."""

from enum import Enum, auto

DEFAULT_SEGMENTS = 4
"""Segments of a new backfill where nobody says how many."""


class BackfillRequest(Enum):
    """What is asked for."""

    BEGIN = auto()
    RESUME = auto()
    RESTART = auto()

    @classmethod
    def of(cls, *, resume: bool, restart: bool) -> "BackfillRequest":
        """Return the request of a command's options, of which one at most is set."""
        if resume:
            return cls.RESUME
        return cls.RESTART if restart else cls.BEGIN

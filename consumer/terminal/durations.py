"""Seconds as a person reads them."""

_MINUTE, _HOUR = 60, 3600
_WHOLE_MINUTES, _WHOLE_HOURS = 2 * _MINUTE, 2 * _HOUR


def duration(seconds: float) -> str:
    """Return seconds as `12 s`, `5 min` or `3.2 h`."""
    if seconds < _WHOLE_MINUTES:
        return f"{seconds:.0f} s"
    if seconds < _WHOLE_HOURS:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"

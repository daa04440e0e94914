"""Times as a person says them: `21:47`, `yesterday 14:00`, `1h30m ago`."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

_UNIT = r"(?:d|days?|h|hours?|min|minutes?|m|s|sec|seconds?)"
_AGO = re.compile(rf"(?:\d{{1,6}} ?{_UNIT} ?)+ago", re.IGNORECASE)
_PART = re.compile(rf"(\d{{1,6}}) ?({_UNIT})", re.IGNORECASE)
_UNIT_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_TIME = re.compile(
    r"(?:(?P<day>today|yesterday) )?(?P<time>\d{1,2}:\d\d(?::\d\d)?) ?(?P<zone>Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)

InZone = Callable[[datetime], datetime]
"""Gives a time its zone: one without a zone is a person's, any other is told in the person's."""


def in_utc(time: datetime) -> datetime:
    """Give a time UTC as its zone."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def seconds_ago(text: str) -> int | None:
    """Return how many seconds ago `1h30m ago` is; None where it is something else."""
    if not _AGO.fullmatch(text):
        return None
    parts = _PART.findall(text)
    return sum(int(count) * _UNIT_SECONDS[unit[0].lower()] for count, unit in parts)


def time_of_day(text: str, now: float, in_zone: InZone = in_utc) -> datetime | None:
    """Read a time of today or yesterday; without a day, the last such time.

    Args:
        text: `21:47`, `yesterday 14:00`, `today 9:30:15 +01:00`.
        now: The time, in seconds since 1970 UTC.
        in_zone: The zone where the text names none.

    Returns:
        The time with its zone; None where the text is something else.
    """
    said = _TIME.fullmatch(text)
    if not said:
        return None
    zone = _fixed(said["zone"]) if said["zone"] else in_zone
    today = zone(datetime.fromtimestamp(now, UTC))
    try:
        hour, minute, *second = map(int, said["time"].split(":"))
        naive = today.replace(tzinfo=None, microsecond=0)
        naive = naive.replace(hour=hour, minute=minute, second=second[0] if second else 0)
    except ValueError:
        return None
    day = (said["day"] or "").lower()
    is_yesterday = day == "yesterday" or (not day and zone(naive).timestamp() > now)
    return zone(naive - timedelta(days=1) if is_yesterday else naive)


def _fixed(zone: str) -> InZone:
    """The zone of `Z` or `+01:00`."""
    if zone in "Zz":
        return in_utc
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    fixed = timezone(-offset if zone[0] == "-" else offset)
    return lambda time: (
        time.replace(tzinfo=fixed) if time.tzinfo is None else time.astimezone(fixed)
    )

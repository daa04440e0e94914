"""Times as a person says them."""

from datetime import datetime, timedelta, timezone

import pytest

from consumer.replay.time_of_day import seconds_ago, time_of_day

NOW = datetime.fromisoformat("2026-11-23T12:00:00.250Z").timestamp()
_HERE = timezone(timedelta(hours=2))


def here(time: datetime) -> datetime:
    """Two hours before UTC."""
    return time.replace(tzinfo=_HERE) if time.tzinfo is None else time.astimezone(_HERE)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90m ago", 5400),
        ("1h30m ago", 5400),
        ("1h 30min ago", 5400),
        ("5min ago", 300),
        ("5 minutes ago", 300),
        ("1 day ago", 86_400),
        ("2 hours 1 second ago", 7201),
        ("ago", None),
        ("5 weeks ago", None),
        ("5", None),
    ],
)
def test_how_long_ago_is_read(text: str, seconds: int | None) -> None:
    """One unit after the other, short or long."""
    assert seconds_ago(text) == seconds


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("13:59", "2026-11-23T13:59:00+02:00"),
        ("14:01", "2026-11-22T14:01:00+02:00"),
        ("9:30:15", "2026-11-23T09:30:15+02:00"),
        ("today 14:01", "2026-11-23T14:01:00+02:00"),
        ("Yesterday 14:00", "2026-11-22T14:00:00+02:00"),
        ("11:59Z", "2026-11-23T11:59:00+00:00"),
        ("yesterday 14:00 +01:00", "2026-11-22T14:00:00+01:00"),
        ("06:59-0500", "2026-11-23T06:59:00-05:00"),
    ],
)
def test_a_time_of_today_or_yesterday_is_read(text: str, time: str) -> None:
    """In the person's zone unless it names one; without a day it is the last such time."""
    said = time_of_day(text, NOW, here)

    assert said is not None
    assert said.isoformat() == time


@pytest.mark.parametrize("text", ["yesterday", "25:00", "12:60", "14", "tomorrow 14:00"])
def test_anything_else_is_no_time_of_day(text: str) -> None:
    """Another form may know it."""
    assert time_of_day(text, NOW) is None

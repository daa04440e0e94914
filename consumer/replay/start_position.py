"""From where a replay begins: the stream's edges, a moment, or a sequence number."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from consumer.fleet.shards import ShardPosition

_AGO = re.compile(r"(?P<count>\d{1,6}) ?(?P<unit>[dhms]) ago", re.IGNORECASE)
_SEQUENCE_NUMBER = re.compile(r"\d{21,40}")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
MINUTE = 60
_FORMS = "trim-horizon, latest, 2026-11-23T02:00Z, '90m ago' (d, h, m or s), or a sequence number"


@dataclass(frozen=True, slots=True)
class Boundary:
    """An end of what the stream keeps.

    Attributes:
        name: `trim-horizon`, the oldest record kept, or `latest`, after the newest.
    """

    name: Literal["trim-horizon", "latest"]

    def has_begun(self, _position: ShardPosition) -> bool:
        """Whether a record is to come."""
        return self.name == "trim-horizon"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class AtTime:
    """A time.

    DynamoDB tells a change's time in whole seconds, rounded down. So a moment is rounded down as
    well: what was changed within its second comes too, whether a little before or after.

    Attributes:
        seconds: Whole seconds since 1970 UTC.
    """

    seconds: int

    def has_begun(self, position: ShardPosition) -> bool:
        """Whether a record is to come."""
        return position.created_at >= self.seconds

    def in_minutes(self) -> "AtTime":
        """The moment for a stream that tells whole minutes only, as DynamoDB Local's does."""
        return AtTime(self.seconds // MINUTE * MINUTE)

    def __str__(self) -> str:
        return datetime.fromtimestamp(self.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class AtSequenceNumber:
    """A record.

    Attributes:
        sequence_number: The record's; it comes first.
    """

    sequence_number: str

    def has_begun(self, position: ShardPosition) -> bool:
        """Whether a record is to come."""
        return int(position.sequence_number) >= int(self.sequence_number)

    def __str__(self) -> str:
        return self.sequence_number


StartPosition = Boundary | AtTime | AtSequenceNumber

OLDEST_EDGE = Boundary("trim-horizon")
LATEST_EDGE = Boundary("latest")


def parse_origin(text: str, now: float) -> StartPosition:
    """Read where a replay is to begin.

    Args:
        text: `trim-horizon`, `latest`, a time in ISO 8601 with its zone, `90m ago`, or a sequence
            number.
        now: The time, in seconds since 1970 UTC.

    Raises:
        ValueError: It is none of them, or lies in the future.
    """
    word = text.strip()
    for edge in (OLDEST_EDGE, LATEST_EDGE):
        if word.lower() == edge.name:
            return edge
    if _SEQUENCE_NUMBER.fullmatch(word):
        return AtSequenceNumber(word)
    moment = AtTime(int(_seconds(word, now)))
    if moment.seconds > now:
        raise ValueError(
            f"{text!r} lies in the future; now is {AtTime(int(now))}; name an earlier time"
        )
    return moment


def _seconds(word: str, now: float) -> float:
    ago = _AGO.fullmatch(word)
    if ago:
        return now - int(ago["count"]) * _SECONDS[ago["unit"].lower()]
    day = _day(word)
    if day:
        raise ValueError(f"{word!r} is a day without a time; write {day}T00:00Z")
    try:
        time = datetime.fromisoformat(word)
    except ValueError as error:
        raise ValueError(f"{word!r} is none of {_FORMS}") from error
    if time.tzinfo is None:
        raise ValueError(f"{word!r} has no zone; add Z for UTC, or an offset such as +01:00")
    return time.timestamp()


def _day(word: str) -> date | None:
    """The day that a word is, and nothing more."""
    try:
        return date.fromisoformat(word.rstrip("Zz"))
    except ValueError:
        return None

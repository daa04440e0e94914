"""Where a replay begins: at a boundary of the stream, at a time, or at a sequence number."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from consumer.fleet.retention import RETENTION_SECONDS
from consumer.fleet.shards import ShardPosition
from consumer.replay.time_of_day import InZone, in_utc, seconds_ago, time_of_day

_SEQUENCE_NUMBER = re.compile(r"\d{21,40}")
MINUTE = 60
_FORMS = (
    "trim-horizon, latest, 2026-11-23T02:00Z, '21:47', 'yesterday 14:00', '1h30m ago', or a "
    "sequence number"
)


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary of what the stream keeps.

    Attributes:
        name: `trim-horizon`, the oldest record kept, or `latest`, after the newest.
    """

    name: Literal["trim-horizon", "latest"]

    def has_begun(self, _position: ShardPosition) -> bool:
        """Whether the replay has begun at this record."""
        return self.name == "trim-horizon"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class AtTime:
    """A time.

    DynamoDB gives a change's time in whole seconds, rounded down. So this time is rounded down too:
    every change of its second comes again.

    Attributes:
        seconds: Whole seconds since 1970 UTC.
    """

    seconds: int

    def has_begun(self, position: ShardPosition) -> bool:
        """Whether the replay has begun at this record."""
        return position.created_at >= self.seconds

    def in_minutes(self) -> "AtTime":
        """This time, rounded down to a minute: some emulators' streams give whole minutes."""
        return AtTime(self.seconds // MINUTE * MINUTE)

    def __str__(self) -> str:
        return datetime.fromtimestamp(self.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class AtSequenceNumber:
    """A record.

    Attributes:
        sequence_number: The sequence number of the first record that comes again.
    """

    sequence_number: str

    def has_begun(self, position: ShardPosition) -> bool:
        """Whether the replay has begun at this record."""
        return int(position.sequence_number) >= int(self.sequence_number)

    def __str__(self) -> str:
        return self.sequence_number


StartPosition = Boundary | AtTime | AtSequenceNumber

OLDEST_BOUNDARY = Boundary("trim-horizon")
LATEST_BOUNDARY = Boundary("latest")


def parse_start_position(text: str, now: float, in_zone: InZone = in_utc) -> StartPosition:
    """Read where a replay begins.

    Args:
        text: `trim-horizon`, `latest`, a time in ISO 8601 with its zone, `21:47`, `yesterday
            14:00`, `1h30m ago`, or a sequence number.
        now: The time, in seconds since 1970 UTC.
        in_zone: The zone of times of today and yesterday that name none.

    Raises:
        ValueError: It is none of them, lies in the future, or is more than 24 hours ago.
    """
    word = text.strip()
    for boundary in (OLDEST_BOUNDARY, LATEST_BOUNDARY):
        if word.lower() == boundary.name:
            return boundary
    if _SEQUENCE_NUMBER.fullmatch(word):
        return AtSequenceNumber(word)
    seconds = int(_seconds(word, now, in_zone))
    if seconds > now:
        raise ValueError(
            f"{text!r} lies in the future; now is {AtTime(int(now))}; name an earlier time"
        )
    oldest = int(now - RETENTION_SECONDS)
    if seconds < oldest:
        raise ValueError(
            f"{text!r}: a stream keeps changes for 24 hours, so the earliest time is "
            f"{AtTime(oldest)}; name a later time, or trim-horizon"
        )
    return AtTime(seconds)


def _seconds(word: str, now: float, in_zone: InZone) -> float:
    ago = seconds_ago(word)
    if ago is not None:
        return now - ago
    said = time_of_day(word, now, in_zone)
    if said:
        return said.timestamp()
    day = _day(word)
    if day:
        raise ValueError(f"{word!r} is a day without a time; write {day}T00:00Z")
    try:
        parsed = datetime.fromisoformat(word)
    except ValueError as error:
        raise ValueError(f"{word!r} is none of {_FORMS}") from error
    if parsed.tzinfo is None:
        raise ValueError(f"{word!r} has no zone; add Z for UTC, or an offset such as +01:00")
    return parsed.timestamp()


def _day(word: str) -> date | None:
    """The day, if the word is a day and nothing more."""
    try:
        return date.fromisoformat(word.rstrip("Zz"))
    except ValueError:
        return None

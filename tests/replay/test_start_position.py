"""What `--from` can say."""

from datetime import datetime

import pytest

from consumer.fleet.shards import ShardPosition
from consumer.replay.start_position import (
    LATEST_BOUNDARY,
    OLDEST_BOUNDARY,
    AtSequenceNumber,
    AtTime,
    StartPosition,
    parse_start_position,
)

NOW = datetime.fromisoformat("2026-11-23T12:00:00.250Z").timestamp()
TWO = int(datetime.fromisoformat("2026-11-23T02:00:00Z").timestamp())
SEQUENCE_NUMBER = "300000000000000001300"


@pytest.mark.parametrize(
    ("text", "start_position"),
    [
        ("trim-horizon", OLDEST_BOUNDARY),
        ("LATEST", LATEST_BOUNDARY),
        ("2026-11-23T02:00Z", AtTime(TWO)),
        ("2026-11-23T02:00:00.999Z", AtTime(TWO)),
        ("2026-11-23 03:00:00+01:00", AtTime(TWO)),
        ("10h ago", AtTime(TWO)),
        ("600 m ago", AtTime(TWO)),
        ("36000S ago", AtTime(TWO)),
        ("02:00", AtTime(TWO)),
        ("9h60min ago", AtTime(TWO)),
        ("1d ago", AtTime(TWO + (10 - 24) * 3_600)),
        ("0s ago", AtTime(int(NOW))),
        (SEQUENCE_NUMBER, AtSequenceNumber(SEQUENCE_NUMBER)),
    ],
)
def test_start_positions_are_read(text: str, start_position: StartPosition) -> None:
    """Boundaries, times with a zone, times ago, sequence numbers; in whole seconds."""
    assert parse_start_position(text, NOW) == start_position


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("yesterday", "'yesterday' is none of trim-horizon, latest"),
        ("90 weeks ago", "is none of"),
        ("today 14:00", "lies in the future; now is 2026-11-23T12:00:00Z"),
        ("yesterday 11:00", "a stream keeps changes for 24 hours"),
        ("12345", "is none of"),
        ("2026-11-23T02:00", "has no zone; add Z for UTC"),
        ("2026-11-23", "'2026-11-23' is a day without a time; write 2026-11-23T00:00Z"),
        ("2026-11-23Z", "is a day without a time; write 2026-11-23T00:00Z"),
        ("2026-11-24T02:00Z", "lies in the future; now is 2026-11-23T12:00:00Z"),
        ("2026-11-22T11:59:59Z", "so the earliest time is 2026-11-22T12:00:00Z; name a later"),
        ("86401s ago", "'86401s ago': a stream keeps changes for 24 hours"),
        ("999999d ago", "'999999d ago': a stream keeps changes for 24 hours"),
        ("0001-01-01T00:00+10:00", "a stream keeps changes for 24 hours"),
    ],
)
def test_what_is_no_start_position_is_refused(text: str, mistake: str) -> None:
    """With what to write in its stead."""
    with pytest.raises(ValueError, match=r".+; |.+: |.+is none of.+") as caught:
        parse_start_position(text, NOW)

    assert mistake in str(caught.value)


@pytest.mark.parametrize("text", ["24h ago", "1d ago", "86400s ago"])
@pytest.mark.parametrize("fraction", [0.0, 0.25, 0.999])
def test_a_day_ago_is_always_taken(text: str, fraction: float) -> None:
    """It is read and checked against the same time, whatever part of a second that has."""
    now = int(NOW) + fraction

    assert parse_start_position(text, now) == AtTime(int(NOW) - 24 * 3_600)


def test_the_time_that_a_refusal_names_is_taken() -> None:
    """An advice that is followed leads somewhere."""
    with pytest.raises(ValueError, match="write ") as caught:
        parse_start_position("2026-11-23", NOW)
    advised = str(caught.value).rpartition("write ")[2]

    assert parse_start_position(advised, NOW) == AtTime(TWO - 2 * 3_600)


@pytest.mark.parametrize(
    ("start_position", "text", "begun"),
    [
        (OLDEST_BOUNDARY, "trim-horizon", [True, True, True]),
        (LATEST_BOUNDARY, "latest", [False, False, False]),
        (AtTime(TWO), "2026-11-23T02:00:00Z", [False, True, True]),
        (AtSequenceNumber("20"), "20", [False, True, True]),
    ],
)
def test_a_start_position_tells_which_records_come(
    start_position: StartPosition, text: str, begun: list[bool]
) -> None:
    """The one at it is the first, and its text can be read again."""
    positions = [
        ShardPosition("19", TWO - 1.0),
        ShardPosition("20", TWO),
        ShardPosition("21", TWO + 1.0),
    ]

    assert [start_position.has_begun(position) for position in positions] == begun
    assert str(start_position) == text

"""What `--from` can say."""

from datetime import datetime

import pytest

from consumer.fleet.shards import ShardPosition
from consumer.replay.start_position import (
    LATEST_EDGE,
    OLDEST_EDGE,
    AtSequenceNumber,
    AtTime,
    StartPosition,
    parse_origin,
)

NOW = datetime.fromisoformat("2026-11-23T12:00:00.250Z").timestamp()
TWO = int(datetime.fromisoformat("2026-11-23T02:00:00Z").timestamp())
SEQUENCE_NUMBER = "300000000000000001300"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("trim-horizon", OLDEST_EDGE),
        ("LATEST", LATEST_EDGE),
        ("2026-11-23T02:00Z", AtTime(TWO)),
        ("2026-11-23T02:00:00.999Z", AtTime(TWO)),
        ("2026-11-23 03:00:00+01:00", AtTime(TWO)),
        ("10h ago", AtTime(TWO)),
        ("600 m ago", AtTime(TWO)),
        ("36000S ago", AtTime(TWO)),
        ("1d ago", AtTime(TWO + (10 - 24) * 3_600)),
        ("0s ago", AtTime(int(NOW))),
        (SEQUENCE_NUMBER, AtSequenceNumber(SEQUENCE_NUMBER)),
    ],
)
def test_places_are_read(text: str, origin: StartPosition) -> None:
    """Edges, times with a zone, times ago, and sequence numbers; whole seconds, rounded down."""
    assert parse_origin(text, NOW) == origin


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("yesterday", "'yesterday' is none of trim-horizon, latest"),
        ("90 minutes ago", "is none of"),
        ("12345", "is none of"),
        ("2026-11-23T02:00", "has no zone; add Z for UTC"),
        ("2026-11-23", "'2026-11-23' is a day without a time; write 2026-11-23T00:00Z"),
        ("2026-11-23Z", "is a day without a time; write 2026-11-23T00:00Z"),
        ("2026-11-24T02:00Z", "lies in the future; now is 2026-11-23T12:00:00Z"),
    ],
)
def test_what_is_no_place_is_refused(text: str, mistake: str) -> None:
    """With what to write in its stead."""
    with pytest.raises(ValueError, match=r".+; |.+: |.+is none of.+") as caught:
        parse_origin(text, NOW)

    assert mistake in str(caught.value)


def test_the_time_that_a_refusal_names_is_taken() -> None:
    """An advice that is followed leads somewhere."""
    with pytest.raises(ValueError, match="write ") as caught:
        parse_origin("2026-11-23", NOW)
    advised = str(caught.value).rpartition("write ")[2]

    assert parse_origin(advised, NOW) == AtTime(TWO - 2 * 3_600)


@pytest.mark.parametrize(
    ("origin", "text", "begun"),
    [
        (OLDEST_EDGE, "trim-horizon", [True, True, True]),
        (LATEST_EDGE, "latest", [False, False, False]),
        (AtTime(TWO), "2026-11-23T02:00:00Z", [False, True, True]),
        (AtSequenceNumber("20"), "20", [False, True, True]),
    ],
)
def test_a_place_tells_which_records_are_to_come(
    origin: StartPosition, text: str, begun: list[bool]
) -> None:
    """The one at it is the first, and its text can be read again."""
    positions = [
        ShardPosition("19", TWO - 1.0),
        ShardPosition("20", TWO),
        ShardPosition("21", TWO + 1.0),
    ]

    assert [origin.has_begun(position) for position in positions] == begun
    assert str(origin) == text

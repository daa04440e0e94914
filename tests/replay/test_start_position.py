"""What `--from` can say."""

from datetime import datetime

import pytest

from consumer.fleet.shards import Position
from consumer.replay.start_position import (
    LATEST_EDGE,
    OLDEST_EDGE,
    Moment,
    Number,
    Origin,
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
        ("2026-11-23T02:00Z", Moment(TWO)),
        ("2026-11-23T02:00:00.999Z", Moment(TWO)),
        ("2026-11-23 03:00:00+01:00", Moment(TWO)),
        ("10h ago", Moment(TWO)),
        ("600 m ago", Moment(TWO)),
        ("36000S ago", Moment(TWO)),
        ("1d ago", Moment(TWO + (10 - 24) * 3_600)),
        ("0s ago", Moment(int(NOW))),
        (SEQUENCE_NUMBER, Number(SEQUENCE_NUMBER)),
    ],
)
def test_places_are_read(text: str, origin: Origin) -> None:
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

    assert parse_origin(advised, NOW) == Moment(TWO - 2 * 3_600)


@pytest.mark.parametrize(
    ("origin", "text", "begun"),
    [
        (OLDEST_EDGE, "trim-horizon", [True, True, True]),
        (LATEST_EDGE, "latest", [False, False, False]),
        (Moment(TWO), "2026-11-23T02:00:00Z", [False, True, True]),
        (Number("20"), "20", [False, True, True]),
    ],
)
def test_a_place_tells_which_records_are_to_come(
    origin: Origin, text: str, begun: list[bool]
) -> None:
    """The one at it is the first, and its text can be read again."""
    positions = [Position("19", TWO - 1.0), Position("20", TWO), Position("21", TWO + 1.0)]

    assert [origin.has_begun(position) for position in positions] == begun
    assert str(origin) == text

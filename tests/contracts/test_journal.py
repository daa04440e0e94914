"""What every journal does: the real one, writing log lines, and the fake."""

import logging
import string
from collections.abc import Callable

import pytest

from consumer.publishing.events import EVENTS, EventKey
from consumer.publishing.ports import Fact, Journal
from consumer.telemetry.logs import LogJournal
from tests.fakes import FakeJournal

JOURNALS: list[Callable[[], Journal]] = [
    FakeJournal,
    lambda: LogJournal(logging.getLogger("consumer")),
]


def facts_of(event: EventKey) -> dict[str, Fact]:
    """A value for each fact that the event's sentence names."""
    named = string.Formatter().parse(EVENTS[event].message)
    return {name: "x" for _, name, _, _ in named if name}


@pytest.mark.parametrize("make", JOURNALS)
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_can_be_told_from_its_facts(
    make: Callable[[], Journal], event: EventKey
) -> None:
    """More facts than the sentence names are welcome."""
    make().note(event, **facts_of(event), more=1)


@pytest.mark.parametrize("make", JOURNALS)
def test_a_fact_that_is_missing_is_an_error(make: Callable[[], Journal]) -> None:
    """A sentence with a hole would be found at the worst time."""
    with pytest.raises(KeyError):
        make().note("lease_lost")


def test_an_event_below_the_level_is_a_sign_of_life_and_no_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The daemon must not take a quiet log for a hung process."""
    signs: list[str] = []
    journal = LogJournal(logging.getLogger("consumer"), lambda: signs.append("here"))
    with caplog.at_level(logging.WARNING):
        journal.note("lease_lost", dropped=3)
        journal.note("daemon_gone")

    assert signs == ["here"]
    assert [record.__dict__["event"] for record in caplog.records] == ["daemon_gone"]


def test_events_are_logged_with_name_level_and_facts(caplog: pytest.LogCaptureFixture) -> None:
    """The line carries all that a query needs."""
    with caplog.at_level(logging.INFO):
        LogJournal(logging.getLogger("consumer")).note("lease_lost", dropped=3)
    (record,) = caplog.records

    assert record.levelno == logging.INFO
    assert record.getMessage() == EVENTS["lease_lost"].message.format(dropped=3)
    assert record.__dict__["event"] == "lease_lost"
    assert record.__dict__["facts"] == {"dropped": 3}

"""Totals instead of a line for each message."""

from dataclasses import replace
from typing import Any

import pytest

from consumer.publishing.ports import Fact
from consumer.telemetry.totals import TOTALS_SECONDS, TotalsJournal
from tests.fakes import FakeJournal
from tests.settings.samples import SETTINGS

FACTS: dict[str, Fact] = {
    "records": 10,
    "firstSequenceNumber": "1",
    "lastSequenceNumber": "10",
    "messageId": "m-1",
    "bytes": 2000,
    "attempts": 1,
    "publishMillis": 25,
    "millisBehindLatest": 0,
}


class Clock:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_messages_are_told_together_every_few_seconds() -> None:
    """Once, with their sums and the latest position; a quiet shard is not told of."""
    journal, clock = FakeJournal(), Clock()
    totals = TotalsJournal(journal, clock)
    totals.note("batch_published", **FACTS)
    clock.now += TOTALS_SECONDS
    totals.note("batch_published", **{**FACTS, "lastSequenceNumber": "20", "publishMillis": 80})
    clock.now += TOTALS_SECONDS
    totals.note("progress", millisBehindLatest=0, oldestUnpublishedAt=None)

    assert [event for event, _ in journal.notes] == ["batches_published"]
    assert journal.notes[0][1] == {
        "records": 20,
        "messages": 2,
        "seconds": TOTALS_SECONDS,
        "bytes": 4000,
        "slowestPublishMillis": 80,
        "lastSequenceNumber": "20",
        "millisBehindLatest": 0,
    }


def test_what_is_not_routine_comes_after_the_totals_before_it() -> None:
    """Or a shard would end before its last changes were told."""
    journal = FakeJournal()
    totals = TotalsJournal(journal, Clock())
    totals.note("batch_published", **FACTS)
    totals.note("checkpoint_made", sequenceNumber="10", millis=5)
    totals.note("shard_ended")

    assert [event for event, _ in journal.notes] == ["batches_published", "shard_ended"]


@pytest.mark.parametrize(
    ("form", "level", "batches", "totals"),
    [
        ("json", "INFO", "each", False),
        ("json", "INFO", "totals", True),
        ("human", "INFO", "each", True),
        ("human", "DEBUG", "each", False),
    ],
)
def test_a_person_gets_totals(form: Any, level: Any, batches: Any, *, totals: bool) -> None:  # noqa: ANN401
    """And whoever asks for them."""
    settings = replace(SETTINGS, log_format=form, log_level=level, log_batches=batches)

    assert settings.logs_totals is totals

"""Figures of a demo."""

from datetime import UTC, datetime

from consumer.demo.changes import Change, plan_changes
from consumer.demo.tally import DemoResult, Tally
from consumer.local.subscription import Received


def message(*changes: Change) -> Received:
    """Changes as they arrive."""
    entries = [change.to_entry() for change in changes]
    return Received("m", "s", "", entries, {}, datetime(2026, 1, 1, tzinfo=UTC))


def test_figures_are_counted_from_the_command() -> None:
    """First message, everything, largest batch, and what is missing."""
    changes = list(plan_changes(4))
    tally = Tally(started=100.0)
    for change in changes:
        tally.write(change, now=101.0)
    delays = tally.receive(message(*changes[:3]), now=105.5)
    tally.receive(message(changes[0]), now=107.0)

    assert delays == [4.5, 4.5, 4.5]
    assert tally.arrived == 4
    assert tally.outcome(now=108.25) == DemoResult(
        written=4,
        messages=2,
        delivered=3,
        largest_batch=3,
        lost=1,
        duplicates=1,
        seconds_to_first_message=5.5,
        seconds=8.25,
    )


def test_nothing_yet_is_no_figure() -> None:
    """A first message that never came has no time."""
    outcome = Tally(started=0).outcome(now=1)

    assert outcome.seconds_to_first_message is None
    assert outcome.largest_batch == 0

"""How far a backfill has come is shown: as a bar on a terminal, as lines elsewhere."""

import io

from consumer.backfill.runner import Progress
from consumer.backfill.screen import Screen
from consumer.backfill.state import Backfill, ScanPosition
from consumer.publishing.snapshots import Run
from consumer.terminal.output import Console


def shown(console: Console, *progress: Progress, items: int = 1000) -> None:
    """Show some progress of a table with about so many items, 100 of them published before."""
    with Screen(console, items, 100) as screen:
        for each in progress:
            screen.show(each)


def at(items: int, seconds: float) -> Progress:
    """So many items after so long, at ten read units a second."""
    position = ScanPosition(f"{items}{'0' * 20}")
    backfill = Backfill("orders", "", "", Run(0), (position,))
    return Progress(backfill, seconds * 10, seconds)


def test_a_terminal_has_a_bar() -> None:
    """With rates of this life of the process, not of items that were published before."""
    output = io.StringIO()
    shown(Console(file=output, force_terminal=True, width=120), at(400, 3.0))

    assert "400/1000" in output.getvalue()
    assert "40%" in output.getvalue()
    assert "100 items/s, 10 read units/s" in output.getvalue()


def test_a_log_has_a_line_every_ten_seconds() -> None:
    """And no more."""
    output = io.StringIO()
    progress = (at(400, 3.0), at(500, 10.0), at(510, 11.0), at(900, 20.0))
    shown(Console(file=output, width=120), *progress)
    first, second = output.getvalue().splitlines()

    assert first.startswith("500 of about 1,000 items, 40 items/s, 10 read units/s")
    assert second.startswith("900 of about 1,000 items, 40 items/s, 10 read units/s")


def test_a_table_with_more_items_than_dynamodb_counted_has_no_end_in_sight() -> None:
    """Rather than 120 percent."""
    output = io.StringIO()
    shown(Console(file=output, width=120), at(1200, 11.0))
    shown(Console(file=output, width=120), at(1200, 11.0), items=0)

    assert output.getvalue().splitlines() == ["1,200 items, 100 items/s, 10 read units/s"] * 2

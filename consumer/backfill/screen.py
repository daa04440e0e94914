"""How far a backfill has come, for a person: a bar on a terminal, a line now and then elsewhere."""

from typing import Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Bar,
)

from consumer.backfill.runner import Progress
from consumer.terminal.output import Console

_LINE_SECONDS = 10.0


class Screen:
    """Shows progress until the end of the `with`.

    Args:
        console: Where.
        items: About how many items the table has.
        done: How many of them are published already.
    """

    def __init__(self, console: Console, items: int, done: int) -> None:
        self._console = console
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task = self._bar.add_task("items", total=items or None, completed=done, rate="")
        self._done, self._items, self._line_at = done, items, _LINE_SECONDS

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def show(self, progress: Progress) -> None:
        """Show how far it has come."""
        items, seconds = progress.backfill.items, max(progress.seconds, 0.001)
        speed = f"{(items - self._done) / seconds:,.0f} items/s"
        rate = f"{speed}, {progress.units / seconds:,.0f} read units/s"
        # The total is an old estimate: a table may have more items.
        total = self._items if self._items >= items else None
        self._bar.update(self._task, completed=items, total=total, rate=rate)
        if not self._console.is_terminal and progress.seconds >= self._line_at:
            self._line_at = progress.seconds + _LINE_SECONDS
            self._line(items, total, rate)

    def _line(self, items: int, total: int | None, rate: str) -> None:
        left = self._bar.tasks[0].time_remaining
        of = f" of about {total:,}" if total else ""
        rest = f", about {left:,.0f} s left" if left is not None and total else ""
        self._console.print(f"{items:,}{of} items, {rate}{rest}", highlight=False)

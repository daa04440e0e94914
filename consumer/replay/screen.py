"""How `stream-publisher replay` shows a plan, what was done, and what it is at."""

import threading
from collections.abc import Sequence
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Column, Table

from consumer.replay.history import ReplayRecord
from consumer.replay.plan import Plan
from consumer.terminal.plurals import counted


class Reading:
    """Shows on standard error how much of the stream is read, where that is a terminal."""

    def __init__(self) -> None:
        self._status = Status("Reading the stream", console=Console(stderr=True))
        self._lock = threading.Lock()
        self._shards: set[str] = set()
        self._records = 0

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._status.stop()

    def tell(self, shard_id: str, records: int) -> None:
        """Count what was read."""
        with self._lock:
            self._shards.add(shard_id)
            self._records += records
            self._status.update(
                f"Reading the stream: {counted(self._records, 'record')} of "
                f"{counted(len(self._shards), 'shard')}"
            )


def plan_table(plan: Plan) -> Table:
    """The plan's steps, parents before their children."""
    table = _table("shard", "checkpoint", "to", "records", title=f"Replay from {plan.origin}")
    for step in plan.steps:
        again = f"{step.skipped:,} skipped" if step.skipped else f"{step.again:,} again"
        waits = ", after the shard before it" if step.waits else ""
        row = (step.shard_id, step.now or "no lease", step.to, again + waits)
        table.add_row(*map(escape, row))
    table.caption = _sum(plan)
    return table


def history_table(entries: Sequence[ReplayRecord]) -> Table:
    """Replays that were done, the first one first."""
    table = _table("replay", "at", "who", "from", "shards", "came again", "skipped")
    for entry in entries:
        counts = (len(entry.steps), entry.again, entry.skipped)
        row = (str(entry.number), entry.at, entry.caller.name, entry.origin)
        table.add_row(*map(escape, row), *(f"{count:,}" for count in counts))
    table.caption = counted(len(entries), "replay")
    return table


def _table(*names: str, title: str | None = None) -> Table:
    """A table in which nothing is cut: ids and ARNs are copied from it."""
    return Table(*(Column(name, overflow="fold") for name in names), title=title)


def _sum(plan: Plan) -> str:
    shards = counted(len(plan.steps), "shard")
    if plan.skipped:
        return f"Not published yet and not to be: {counted(plan.skipped, 'record')} of {shards}"
    return f"To come again: {counted(plan.again, 'record')} of {shards}"

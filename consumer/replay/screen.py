"""What `stream-publisher replay` shows: progress, a plan, the replays done."""

import threading
from collections.abc import Sequence
from typing import Self

from rich.markup import escape
from rich.status import Status
from rich.table import Column, Table

from consumer.replay.plan import Plan
from consumer.replay.replay_record import ReplayRecord
from consumer.terminal.output import Console
from consumer.terminal.plurals import counted


class ReadProgress:
    """Shows on standard error, if that is a terminal, how much of the stream is read."""

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

    def show(self, shard_id: str, records: int) -> None:
        """Count the records that were just read of a shard."""
        with self._lock:
            self._shards.add(shard_id)
            self._records += records
            self._status.update(
                f"Reading the stream: {counted(self._records, 'record')} of "
                f"{counted(len(self._shards), 'shard')}"
            )


def plan_table(plan: Plan) -> Table:
    """The plan's steps, parents before their children."""
    table = _table(
        "shard", "checkpoint", "to", "records", title=f"Replay from {plan.start_position}"
    )
    for step in plan.steps:
        again = f"{step.skipped:,} skipped" if step.skipped else f"{step.again:,} again"
        waits = ", after its parent" if step.waits else ""
        row = (step.shard_id, step.now or "no lease", step.to, again + waits)
        table.add_row(*map(escape, row))
    table.caption = _sum(plan)
    return table


def history_table(replay_records: Sequence[ReplayRecord]) -> Table:
    """The replays that were done, oldest first."""
    table = _table("replay", "at", "who", "from", "shards", "came again", "skipped")
    for replay_record in replay_records:
        counts = (len(replay_record.steps), replay_record.again, replay_record.skipped)
        row = (
            str(replay_record.number),
            replay_record.at,
            replay_record.caller.name,
            replay_record.start_position,
        )
        table.add_row(*map(escape, row), *(f"{count:,}" for count in counts))
    table.caption = counted(len(replay_records), "replay")
    return table


def _table(*names: str, title: str | None = None) -> Table:
    """A table that cuts nothing off: ids and ARNs are copied from it."""
    return Table(*(Column(name, overflow="fold") for name in names), title=title)


def _sum(plan: Plan) -> str:
    shards = counted(len(plan.steps), "shard")
    if plan.skipped:
        return f"Unpublished and skipped: {counted(plan.skipped, 'record')} of {shards}"
    return f"Comes again: {counted(plan.again, 'record')} of {shards}"

"""What `stream-publisher replay` shows: progress, a plan, the replays done."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from rich.markup import escape
from rich.status import Status
from rich.table import Table
from rich.text import Text

from consumer.fleet.standstills import short
from consumer.replay.plan import Plan, Step
from consumer.replay.replay_record import ReplayRecord
from consumer.terminal.output import Console
from consumer.terminal.plurals import counted

_MOST_ROWS = 20
_MOST_LINES = 3


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


def print_plan(console: Console, plan: Plan) -> None:
    """Print the first steps, parents before their children, and what all of them do.

    A terminal gets a table with the ends of long ids and numbers. A pipe, and a terminal with
    TERM=dumb, get a line for each step, with all of them whole.
    """
    title = f"Replay from {plan.start_position}"
    steps = plan.steps[:_MOST_ROWS]
    if console.is_terminal and not console.is_dumb_terminal:
        console.print(_plan_table(title, steps))
    else:
        _print_line(console, title)
        for step in steps:
            _print_line(console, "  ".join((step.shard_id, _from_to(step), _records(step))))
    for line in _sums(plan):
        _print_line(console, line)


def _plan_table(title: str, steps: Sequence[Step]) -> Table:
    table = Table("shard", "checkpoint", "to", "records", title=title)
    for step in steps:
        row = (step.shard_id, step.now or "no lease", step.to)
        table.add_row(*(escape(_end(text)) for text in row), _records(step))
    return table


def _from_to(step: Step) -> str:
    return f"{step.now or 'no lease'} -> {step.to}"


def _records(step: Step) -> str:
    again = f"{step.skipped:,} skipped" if step.skipped else f"{step.again:,} again"
    return again + (", after its parent" if step.waits else "")


def _end(text: str) -> str:
    """The end of a shard's id or of a sequence number, which differs; a word as it is."""
    start, _, end = text.rpartition("-")
    return f"…{end}" if start.startswith("shardId-") else short(text)


def history_lines(replay_records: Sequence[ReplayRecord]) -> Iterator[str]:
    """Yield a line for each replay that was done, oldest first, and how many they are."""
    for each in replay_records:
        shards = counted(len(each.steps), "shard")
        counts = f"{counted(each.again, 'record')} again, {each.skipped:,} skipped, {shards}"
        yield f"{each.number}  {each.at}  from {each.start_position}: {counts}  {each.caller.name}"
    yield counted(len(replay_records), "replay")


def _print_line(console: Console, line: str) -> None:
    """Print a line as it is, however wide the terminal is."""
    console.print(Text(line), soft_wrap=True)


def stay_lines(stays: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each shard that stays as it is; one for each reason where they are many."""
    reasons: dict[str, list[str]] = {}
    for shard_id, reason in stays.items():
        reasons.setdefault(reason, []).append(shard_id)
    for reason, shard_ids in reasons.items():
        if len(shard_ids) > _MOST_LINES:
            yield f"{len(shard_ids):,} shards stay as they are, such as {shard_ids[0]}: {reason}."
        else:
            yield from (f"{shard_id} stays as it is: {reason}." for shard_id in shard_ids)


def _sums(plan: Plan) -> Iterator[str]:
    if (more := len(plan.steps) - _MOST_ROWS) > 0:
        yield f"and {counted(more, 'more shard')}; --json has all"
    yield _counts(plan)


def _counts(plan: Plan) -> str:
    shards = counted(len(plan.steps), "shard")
    if plan.skipped:
        return f"Unpublished and skipped: {counted(plan.skipped, 'record')} of {shards}"
    return f"Comes again: {counted(plan.again, 'record')} of {shards}"

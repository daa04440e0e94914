"""A status on a terminal: totals, what somebody should know, workers, the worst shards."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from consumer.fleet.backlog import Backlog
from consumer.fleet.retention import RETENTION_SECONDS
from consumer.fleet.standstills import short
from consumer.fleet.status import FleetStatus, ShardState, ShardStatus
from consumer.status import words
from consumer.status.ranking import short_ids, worst_first
from consumer.status.words import Subject
from consumer.terminal.durations import duration
from consumer.terminal.plurals import counted

_COLOURS: dict[ShardState, str] = {
    "stopped": "bold red",
    "reading": "green",
    "silent": "bold red",
    "free": "yellow",
    "waiting": "cyan",
    "ended": "dim",
    "new": "yellow",
}
_WORRYING, _ALARMING = RETENTION_SECONDS / 24, RETENTION_SECONDS / 2
_COLUMNS = ("shard", "state", "owner", "checkpoint", "end", "lag", "left")
_OF_TWO_LOOKS = ("rec/s", "done in")
_WORDS = frozenset({"shard", "state", "owner", "renewed", "follows"})
_OWNER = 2
"""The place of the column that is cut where the table is too wide."""
_LEAST_OWNER = 3
_GAP = 2
_LEAST_ROWS = 3
_AROUND = 3
"""Lines that the shards' table needs beside its rows: its head, what is hidden, the prompt."""


def render(
    status: FleetStatus, subject: Subject, console: Console, *, everything: bool, wide: bool
) -> RenderableType:
    """Return what fits on the screen.

    Args:
        status: The status.
        subject: What it is of.
        console: The screen.
        everything: Whether to return every shard, ended ones too, whether they fit or not.
        wide: Whether ids and sequence numbers are whole.
    """
    head = Group(*_head(status, subject, wide=wide), _workers(status))
    shards, width = worst_first(status), None if wide else console.width
    if everything:
        return Group(head, _shards(status, shards, width))
    lasting = [shard for shard in shards if shard.state != "ended"]
    room = console.height - len(console.render_lines(head)) - _AROUND
    shown = lasting[: max(_LEAST_ROWS, room)]
    return Group(head, _shards(status, shown, width), *_hidden(shards, lasting, shown, status))


def _head(status: FleetStatus, subject: Subject, *, wide: bool) -> list[Text]:
    title = Text(f"{subject.named(wide=wide)}   {words.moment(status)}", style="bold")
    told = [Text(note, style="yellow") for note in words.notes(status)]
    return [title, Text(words.totals_in_words(status)), *told]


def _workers(status: FleetStatus) -> Table:
    columns = (Column("worker", overflow="fold"), "last report", "leases", "")
    table = Table(*columns, box=None, padding=(0, 2, 0, 0))
    for worker in status.workers:
        report = worker.report_seconds
        table.add_row(
            escape(worker.worker),
            "never" if report is None else f"{duration(report)} ago",
            str(worker.leases),
            ", ".join(_mark(mark) for mark in words.marks(worker)),
        )
    return table


def _mark(mark: str) -> str:
    return f"[bold red]{mark}[/]" if mark == "silent" else mark


def _shards(status: FleetStatus, shards: Sequence[ShardStatus], width: int | None) -> Table:
    """A table of this width, or, with whole ids, as wide as it is."""
    wide = width is None
    ids = {} if wide else short_ids(shard.shard_id for shard in status.shards)
    names = [*_COLUMNS, *(_OF_TWO_LOOKS if any(shard.pace for shard in shards) else ())]
    rows = [_row(shard, status.at, ids, wide=wide)[: len(names)] for shard in shards]
    if wide:
        names += ["renewed", "follows"]
        rows = [row + _rest(shard) for row, shard in zip(rows, shards, strict=True)]
    columns = zip(names, *rows, strict=True)
    widths = [max(map(cell_len, [name, *map(_plain, cells)])) for name, *cells in columns]
    if width is not None:
        widths[_OWNER] += min(0, width - sum(widths) - _GAP * len(widths))
    table = Table(box=None, padding=(0, _GAP, 0, 0))
    for name, column in zip(names, widths, strict=True):
        side: JustifyMethod = "left" if name in _WORDS else "right"
        table.add_column(name, no_wrap=True, width=max(_LEAST_OWNER, column), justify=side)
    for row in rows:
        table.add_row(*row)
    return table


def _plain(cell: str) -> str:
    return Text.from_markup(cell).plain


def _row(shard: ShardStatus, now: float, ids: Mapping[str, str], *, wide: bool) -> list[str]:
    checkpoint, end = shard.lease.checkpoint if shard.lease else "", words.end_of(shard)
    ended = shard.state == "ended"
    return [
        escape(ids.get(shard.shard_id, shard.shard_id)),
        f"[{_COLOURS[shard.state]}]{shard.state}[/]",
        escape(words.owner_of(shard)),
        checkpoint if wide else short(checkpoint),
        end if wide else _short_end(end),
        "" if ended else _lag(shard, now),
        "" if ended else words.left_of(shard),
        words.rate_of(shard),
        words.caught_up_of(shard),
    ]


def _short_end(end: str) -> str:
    return short(end.removesuffix("+")) + "+" * end.endswith("+")


def _rest(shard: ShardStatus) -> list[str]:
    seconds = shard.renewed_seconds
    renewed = "not seen" if seconds is None else f"{duration(seconds)} ago"
    parents = (
        f"{parent} (awaited)" if parent in shard.waits_for else parent for parent in shard.parents
    )
    return [renewed, escape(", ".join(parents))]


def _lag(shard: ShardStatus, now: float) -> str:
    lag = shard.backlog.lag_seconds(now) if isinstance(shard.backlog, Backlog) else 0
    style = "bold red" if lag > _ALARMING else "yellow" if lag > _WORRYING else "default"
    return f"[{style}]{words.lag_of(shard, now)}[/]"


def _hidden(
    shards: Sequence[ShardStatus],
    lasting: Sequence[ShardStatus],
    shown: Sequence[ShardStatus],
    status: FleetStatus,
) -> list[Text]:
    """Say what isn't shown; the first of the others is the farthest behind."""
    others, ended = lasting[len(shown) :], len(shards) - len(lasting)
    parts = [f"{ended:,} ended"] if ended else []
    if others:
        behind = words.lag_of(others[0], status.at)
        parts.insert(0, f"{counted(len(others), 'shard')}, up to {behind} behind")
    return [Text(f"Not shown: {', '.join(parts)}; see --all", style="dim")] if parts else []

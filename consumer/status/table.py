"""The status of workers and shards, for a person to read."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.retention import RETENTION_SECONDS
from consumer.fleet.status import STATES, FleetStatus, ShardState, ShardStatus, WorkerStatus
from consumer.status.to_json import topic_warnings, totals
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
_COLUMNS = (
    *("shard", "state", "owner", "checkpoint"),
    *("lag", "records left", "renewed", "follows on"),
)
_SHORT_ID = 8
_WORRYING, _ALARMING = RETENTION_SECONDS / 24, RETENTION_SECONDS / 2


def render(status: FleetStatus, *, everything: bool) -> RenderableType:
    """Return workers, shards and totals; ended shards only if everything is asked for."""
    shown = [shard for shard in status.shards if everything or shard.state != "ended"]
    parts: list[RenderableType] = [_workers(status), _shards(shown, status.at), _totals(status)]
    lines = [*_reasons(status), *topic_warnings(status), *map(str, status.problems)]
    parts += [Text(line, style="yellow") for line in lines]
    if hidden := len(status.shards) - len(shown):
        parts.append(Text(f"Ended shards not shown: {hidden}; see --all", style="dim"))
    return Group(*parts)


def _reasons(status: FleetStatus) -> Iterator[str]:
    for shard in status.shards:
        if isinstance(shard.backlog, Unknown):
            yield f"{shard.shard_id}: its lag is unknown: {shard.backlog.reason}"


def _workers(status: FleetStatus) -> Table:
    table = Table(Column("worker", overflow="fold"), "last report", "leases", "")
    for worker in status.workers:
        report = worker.report_seconds
        table.add_row(
            escape(worker.worker),
            "never" if report is None else f"{duration(report)} ago",
            str(worker.leases),
            ", ".join(_marks(worker)),
        )
    return table


def _marks(worker: WorkerStatus) -> Iterator[str]:
    if worker.is_leader:
        yield "leader"
    if worker.is_silent:
        yield "[bold red]silent[/]"


def _shards(shards: list[ShardStatus], now: float) -> Table:
    table = Table()
    for name in _COLUMNS:
        table.add_column(name, overflow="fold")
    for shard in shards:
        table.add_row(
            escape(shard.shard_id),
            f"[{_COLOURS[shard.state]}]{shard.state}[/]",
            _owner(shard),
            escape(shard.lease.checkpoint) if shard.lease else "",
            *(("", "", "") if shard.state == "ended" else _progress(shard, now)),
            _parents(shard),
        )
    return table


def _progress(shard: ShardStatus, now: float) -> tuple[str, str, str]:
    return _lag(shard, now), _records(shard), _renewed(shard)


def _owner(shard: ShardStatus) -> str:
    lease = shard.lease
    if lease is None or lease.has_ended:
        return ""
    if lease.checkpoint_owner:
        return escape(f"{lease.checkpoint_owner} → {lease.owner}")
    return escape(lease.owner or "nobody")


def _lag(shard: ShardStatus, now: float) -> str:
    if not isinstance(shard.backlog, Backlog):
        return "?"
    lag = shard.backlog.lag_seconds(now)
    style = "bold red" if lag > _ALARMING else "yellow" if lag > _WORRYING else "default"
    return f"[{style}]{duration(lag)}[/]"


def _records(shard: ShardStatus) -> str:
    backlog = shard.backlog
    if not isinstance(backlog, Backlog):
        return "?"
    return f"{backlog.records:,}{'+' if backlog.has_more else ''}"


def _renewed(shard: ShardStatus) -> str:
    seconds = shard.renewed_seconds
    return "not seen" if seconds is None else f"{duration(seconds)} ago"


def _parents(shard: ShardStatus) -> str:
    """The parents, each by the end of its id, which is enough to tell them apart."""
    marked = {name: " (awaited)" if name in shard.waits_for else "" for name in shard.parents}
    return ", ".join(f"…{escape(name[-_SHORT_ID:])}{mark}" for name, mark in marked.items())


def _totals(status: FleetStatus) -> Text:
    sums = totals(status)
    states = ", ".join(f"{sums[state]} {state}" for state in STATES if sums[state])
    least = "at least " if sums["recordsLeftIsLeast"] else ""
    workers, shards = counted(sums["workers"], "worker"), counted(sums["shards"], "shard")
    text = Text(
        f"{workers}, {shards} ({states or 'none'}); "
        f"farthest behind {duration(sums['lagSeconds'])}, "
        f"{least}{counted(sums['recordsLeft'], 'record')} left"
    )
    if sums["secondsUntilExpiry"] is not None:
        text.append(f"; the oldest of them expires in {duration(sums['secondsUntilExpiry'])}")
    return text

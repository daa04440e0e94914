"""What a person sees of the demo."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.markup import escape
from rich.table import Table

from consumer.demo.comparison import Comparison
from consumer.demo.tally import DemoResult
from consumer.local.subscription import Received
from consumer.terminal.output import Console
from consumer.terminal.plurals import counted

_NEXT_STEP = {
    "daemon_starting": "the daemon prepares its lease table",
    "daemon_ready": "the daemon's leader hands out the shard",
    "shard_started": "the record processor reads the shard",
    "processor_started": "the record processor reads the shard",
}
_SHOWN_KEYS = 3


class Screen:
    """Prints steps, batches and the summary.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("")

    @contextmanager
    def waiting_for(self, what: str) -> Iterator[None]:
        """Show what is being waited for."""
        self._status.update(f"Waiting: {what}")
        with self._status:
            yield

    def step(self, seconds: float, what: str) -> None:
        """Tell that something is done."""
        self._tell(seconds, escape(what))

    def _tell(self, seconds: float, markup: str) -> None:
        self._console.print(f"[dim]{seconds:6.1f} s[/]  {markup}", highlight=False, soft_wrap=True)

    def daemon_line(self, seconds: float, line: Mapping[str, Any]) -> None:
        """Tell what the daemon has come to, and what it waits for next."""
        event = line.get("event", "")
        if event in _NEXT_STEP:
            self.step(seconds, f"daemon: {line['message']}")
            self._status.update(f"Waiting: {_NEXT_STEP[event]}")

    def written(self, count: int, of: int) -> None:
        """Tell how far writing is."""
        self._status.update(f"Writing changes: {count} of {of}")

    def batch(
        self, seconds: float, number: int, received: Received, delays: Sequence[float]
    ) -> None:
        """Show a message."""
        names = [entry["eventName"] for entry in received.entries]
        counts = " ".join(f"{name} {names.count(name)}" for name in sorted(set(names)))
        keys = [_item_id(entry) for entry in received.entries]
        shown = ", ".join(keys[:_SHOWN_KEYS]) + (" …" if len(keys) > _SHOWN_KEYS else "")
        place = escape(f"{shown}  {received.attributes.get('shardId')}")
        self._tell(
            seconds,
            f"[bold green]message {number}[/]  {counted(len(names), 'change'):<10}  "
            f"{escape(counts)}  [dim]{place}  "
            f"{min(delays):.1f} to {max(delays):.1f} s after the write[/]",
        )

    def summary(self, outcome: DemoResult, compared: Comparison) -> None:
        """Show what became of every change."""
        table = Table(show_header=False, title="Written against arrived, one by one")
        table.add_column()
        table.add_column(justify="right")
        for name, value in _summary_rows(outcome, compared):
            table.add_row(name, value)
        self._console.print(table)
        verdict = "[bold green]Nothing was lost." if compared.is_faithful else "[bold red]FAILED"
        self._console.print(verdict)

    def lines(self, lines: Sequence[str]) -> None:
        """Print lines as they are."""
        for line in lines:
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)


def _summary_rows(outcome: DemoResult, compared: Comparison) -> list[tuple[str, str]]:
    first = outcome.seconds_to_first_message
    return [
        ("changes written", str(outcome.written)),
        ("delivered as written", str(compared.delivered)),
        ("lost", str(compared.lost)),
        ("repeated", str(compared.duplicates)),
        ("not as written", str(compared.foreign)),
        ("out of an item's order", str(compared.out_of_order)),
        ("messages", str(outcome.messages)),
        ("largest message", counted(outcome.largest_batch, "change")),
        ("first message", "never" if first is None else f"after {first} s"),
        ("everything", f"after {outcome.seconds} s"),
    ]


def _item_id(entry: Mapping[str, Any]) -> str:
    image = entry["newImage"] or entry["oldImage"]
    return str(image["id"]["S"])

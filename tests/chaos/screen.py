"""What a person sees of a run: what is broken at the moment, and how far behind delivery is."""

import time
from collections.abc import Iterable
from contextlib import nullcontext

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tests.chaos.storm import Outcome, Storm

_LINE_SECONDS = 10.0


class Screen:
    """A picture that moves on a terminal; elsewhere a line from time to time.

    Args:
        console: Where to.
        storm: What is shown.
    """

    def __init__(self, console: Console, storm: Storm) -> None:
        self._console, self._storm = console, storm
        self._started = self._last_line = time.monotonic()

    def follow(self, phase: str, looks: Iterable[None]) -> None:
        """Show a phase of the run until it is over."""
        moves = self._console.is_terminal
        with Live(console=self._console, transient=True) if moves else nullcontext() as live:
            for _ in looks:
                if live is not None:
                    live.update(self._picture(phase))
                else:
                    self._line(phase)

    def summary(self, outcome: Outcome) -> None:
        """Show the figures."""
        table = Table(title="Chaos", show_header=False)
        for name, value in outcome.balance.to_json().items():
            table.add_row(name, str(value))
        table.add_row("longest stall", str(outcome.longest_stall))
        for kind, count in sorted(outcome.faults.items()):
            table.add_row(kind.replace("_", " "), str(count))
        table.add_row("workers that ended by themselves", str(outcome.worker_exits))
        table.add_row("exit statuses at the end", ", ".join(map(str, outcome.statuses)))
        self._console.print(table)

    def _picture(self, phase: str) -> Group:
        table = Table("worker", "state", "record processors")
        for worker in self._storm.fleet.workers:
            table.add_row(worker.name, worker.state, str(len(worker.record_processors())))
        return Group(Text(self._sentence(phase)), table)

    def _line(self, phase: str) -> None:
        if time.monotonic() - self._last_line > _LINE_SECONDS:
            self._last_line = time.monotonic()
            self._console.print(self._sentence(phase), highlight=False, soft_wrap=True)

    def _sentence(self, phase: str) -> str:
        balance, traffic = self._storm.traffic.balance, self._storm.traffic
        wrong = ", ".join(kind.replace("_", " ") for kind in self._storm.wrong) or "nothing"
        return (
            f"{time.monotonic() - self._started:5.0f} s  {phase}: {balance.delivered} of "
            f"{balance.written} changes, the oldest waits {traffic.oldest_seconds:.0f} s; "
            f"{len(self._storm.stream.open_shards())} shards; wrong: {wrong}"
        )

"""`scripts/bench`: figures of this program, side by side with what a user would otherwise run."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks import failover, latency, machine, memory, results, scaleout, startup, throughput
from benchmarks.document import DOCUMENTS, table_of, written_in
from benchmarks.figures import rows_of
from benchmarks.picture import keep_picture
from consumer.cli import exits

SCENARIOS: Mapping[str, ModuleType] = {
    "throughput": throughput,
    "latency": latency,
    "startup": startup,
    "failover": failover,
    "memory": memory,
    "scaleout": scaleout,
}
_DEFAULT = "the scenario's own place"


@click.command()
@click.argument("scenario", type=click.Choice(list(SCENARIOS)))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON on stdout.")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False),
    is_flag=False,
    flag_value=_DEFAULT,
    help="Keep the JSON in a file. Without one named it is kept in benchmarks/results, and the "
    "documents' tables and the picture are made from it.",
)
def main(scenario: str, *, as_json: bool, keep: str | None) -> None:
    """Measure one thing, within three minutes on two cores.

    The exit status is 1 where a figure misses its limit or a change was lost or overtaken.
    """
    measured = _measured(scenario)
    if keep == _DEFAULT:
        _publish(scenario, measured)
    elif keep:
        results.keep(measured, Path(keep))
    if as_json:
        click.echo(json.dumps(measured, ensure_ascii=False))
    else:
        Console().print(_table(scenario, measured))
    _judge(measured)


def _measured(scenario: str) -> dict[str, Any]:
    console = Console(stderr=True)
    with console.status(f"{scenario}: starting") as status:
        say: Callable[[str], None] = lambda what: status.update(f"{scenario}: {what}")  # noqa: E731
        if not console.is_terminal:
            say = lambda what: click.echo(f"{scenario}: {what}", err=True)  # noqa: E731
        figures = SCENARIOS[scenario].measure(say)
    return {"scenario": scenario, "machine": machine.facts(), **figures}


def _publish(scenario: str, measured: Mapping[str, Any]) -> None:
    results.keep(measured, results.place_of(scenario))
    if scenario == "throughput":
        keep_picture(measured)
    for document in DOCUMENTS:
        text = document.read_text()
        document.write_text(written_in(text, scenario, table_of(scenario, measured)))


def _table(scenario: str, measured: Mapping[str, Any]) -> Table:
    head, *rows = rows_of(measured)
    table = Table(*head, title=scenario)
    for row in rows:
        table.add_row(*row)
    return table


def _judge(measured: Mapping[str, Any]) -> None:
    """Print every number that has a limit, and fail where one is missed."""
    verdict: Mapping[str, Mapping[str, Any]] = measured["verdict"]
    for name, found in verdict.items():
        limit = " ".join(
            f"{word} {found[word]}" for word in ("at_least", "at_most") if word in found
        )
        kept = "kept" if found["kept"] else "MISSED"
        click.echo(f"{name}: {found['is']} ({limit.replace('_', ' ')}): {kept}", err=True)
    wrong = [
        f"{side}: {balance}"
        for side, balance in measured.get("promise", {}).items()
        if balance["lost"] or balance["out_of_order"]
    ]
    if wrong:
        click.echo(f"lost or out of order: {wrong}", err=True)
    if wrong or not all(found["kept"] for found in verdict.values()):
        sys.exit(exits.FAILED)


if __name__ == "__main__":
    main()

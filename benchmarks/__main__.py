"""`scripts/bench`: figures of this program, side by side with what a user would otherwise run."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks import (
    failover,
    groups,
    latency,
    machine,
    memory,
    results,
    scaleout,
    standstill,
    startup,
    throughput,
)
from benchmarks.document import DOCUMENTS, table_of, written_in
from benchmarks.figures import tables_of
from benchmarks.picture import keep_picture
from consumer.terminal import exits

SCENARIOS: Mapping[str, ModuleType] = {
    "throughput": throughput,
    "latency": latency,
    "startup": startup,
    "failover": failover,
    "fifo": groups,
    "memory": memory,
    "scaleout": scaleout,
    "standstill": standstill,
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
        Console().print(*_tables(scenario, measured), sep="\n\n")
    _judge(measured)


def _measured(scenario: str) -> dict[str, Any]:
    console = Console(stderr=True)

    def say(what: str) -> None:
        if console.is_terminal:
            status.update(f"{scenario}: {what}")
        else:
            click.echo(f"{scenario}: {what}", err=True)

    with console.status(f"{scenario}: starting") as status:
        figures = SCENARIOS[scenario].measure(say)
    return {"scenario": scenario, "machine": machine.facts(), **figures}


def _publish(scenario: str, measured: Mapping[str, Any]) -> None:
    results.keep(measured, results.place_of(scenario))
    if scenario == "throughput":
        keep_picture(measured)
    for document in DOCUMENTS:
        text = document.read_text()
        document.write_text(written_in(text, scenario, table_of(scenario, measured)))


def _tables(scenario: str, measured: Mapping[str, Any]) -> Iterator[Table]:
    for head, *rows in tables_of(measured):
        table = Table(*head, title=scenario)
        for row in rows:
            table.add_row(*row)
        yield table


def _judge(measured: Mapping[str, Any]) -> None:
    """Print every number that has a limit, and fail where one is missed."""
    verdict: Mapping[str, Mapping[str, Any]] = measured["verdict"]
    for name, found in verdict.items():
        click.echo(f"{name}: {found['is']}, {_limit(found)}", err=True)
    wrong = [
        f"{side}: {balance}"
        for side, balance in measured.get("promise", {}).items()
        if balance["lost"] or balance["out_of_order"]
    ]
    if wrong:
        click.echo(f"lost or out of order: {wrong}", err=True)
    if wrong or not all(found["kept"] for found in verdict.values()):
        sys.exit(exits.FAILED)


def _limit(found: Mapping[str, Any]) -> str:
    (word,) = {"at_least", "at_most"} & set(found)
    return f"{word.replace('_', ' ')} {found[word]}: {'kept' if found['kept'] else 'MISSED'}"


if __name__ == "__main__":
    main()

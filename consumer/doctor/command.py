"""`stream-publisher doctor`: what is wrong, what it causes, what to do."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from consumer.doctor.examination import Surroundings, examine, unsettled
from consumer.problems import CheckOutcome, Verdict
from consumer.settings.errors import ConfigurationError
from consumer.settings.properties import read_properties
from consumer.terminal import exits
from consumer.terminal.plurals import counted
from consumer.terminal.properties_option import properties_option

_COLOURS: dict[Verdict, str] = {
    "ok": "green",
    "finding": "bold red",
    "could not tell": "yellow",
}


@click.command(short_help="Check everything that workers need; name what is wrong.")
@properties_option("The workers' properties file. Without it, the environment is all.")
@click.option(
    "--elsewhere", is_flag=True, help="No worker runs on this host: don't check its programs."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(properties: Path | None, *, elsewhere: bool, as_json: bool) -> None:
    """Check settings, this host, AWS, permissions and running workers; name what is wrong.

    Run it with the worker's own configuration and role. It changes nothing: it tries a permission
    to write with a write whose condition can't hold, or else asks IAM. It watches leases for as
    long as one lasts, at most. The exit status is 1 if it found a problem.

    \b
    Examples:
      stream-publisher doctor --properties my.properties
      stream-publisher doctor --properties my.properties --elsewhere
      stream-publisher doctor --properties my.properties --json | jq '.findings[].wrong'
    """
    outcomes = _examined(properties, programs=not elsewhere)
    if as_json:
        click.echo(json.dumps(_document(outcomes), ensure_ascii=False))
    else:
        _print(outcomes, Console())
    found = any(outcome.verdict == "finding" for outcome in outcomes)
    sys.exit(exits.FAILED if found else 0)


def _examined(properties: Path | None, *, programs: bool) -> Sequence[CheckOutcome]:
    try:
        keys = read_properties(properties) if properties else {}
    except ConfigurationError as error:
        return unsettled(error)
    with Console(stderr=True).status("Checking") as status:
        around = Surroundings(
            dict(os.environ), progress=lambda name: status.update(f"Checking: {escape(name)}")
        )
        return examine(keys, around, programs=programs)


def _document(outcomes: Sequence[CheckOutcome]) -> dict[str, Any]:
    return {
        "checks": [
            {"check": each.check, "verdict": each.verdict, "untold": each.untold}
            for each in outcomes
        ],
        "findings": [
            {
                "check": outcome.check,
                "thing": problem.thing,
                "wrong": problem.wrong,
                "causes": outcome.causes,
                "fix": problem.fix,
            }
            for outcome in outcomes
            for problem in outcome.problems
        ],
    }


def _print(outcomes: Sequence[CheckOutcome], console: Console) -> None:
    table = Table("check", Column("verdict", overflow="fold"), box=None)
    for outcome in outcomes:
        note = "" if outcome.untold is None else f": {outcome.untold}"
        colour = _COLOURS[outcome.verdict]
        table.add_row(escape(outcome.check), f"[{colour}]{outcome.verdict}[/]{escape(note)}")
    console.print(table)
    for outcome in outcomes:
        _print_findings(outcome, console)
    verdicts = [outcome.verdict for outcome in outcomes]
    count = sum(len(outcome.problems) for outcome in outcomes)
    console.print(
        f"\n{counted(count, 'finding')}; {verdicts.count('ok')} of {len(verdicts)} checks are ok, "
        f"{verdicts.count('could not tell')} could not tell",
        highlight=False,
    )


def _print_findings(outcome: CheckOutcome, console: Console) -> None:
    for problem in outcome.problems:
        lines = [
            f"\n[bold red]{escape(problem.thing)}[/]: {escape(problem.wrong)}",
            f"  causes: {escape(outcome.causes)}",
            f"  do:     {escape(problem.fix or 'see docs/failures.md')}",
        ]
        console.print("\n".join(lines), highlight=False, soft_wrap=True)

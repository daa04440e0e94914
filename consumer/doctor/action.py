"""What `doctor` does: say what is wrong, what it causes, what to do."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from consumer.doctor.examination import Surroundings, examine, unsettled
from consumer.problems import CheckOutcome, Verdict
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.properties import read_properties
from consumer.terminal import exits
from consumer.terminal.output import Console, say_json
from consumer.terminal.plurals import counted

_COLOURS: dict[Verdict, str] = {
    "ok": "green",
    "finding": "bold red",
    "could not tell": "yellow",
}


def check_everything(properties: Path | None, *, programs: bool, as_json: bool) -> None:
    """Print the outcomes; exit with status 1 if there is a problem."""
    outcomes = _examined(properties, programs=programs)
    if as_json:
        say_json(_document(outcomes))
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

"""What `doctor` does: say what is wrong, what it causes, what to do."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape

from consumer.doctor.examination import Surroundings, examine, unsettled
from consumer.doctor.screen import print_outcomes
from consumer.problems import CheckOutcome
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.properties import read_properties
from consumer.terminal import exits
from consumer.terminal.output import Console, say_json


def check_everything(
    properties: Path | None, *, programs: bool, verbose: bool, as_json: bool
) -> None:
    """Print the outcomes; exit with status 1 if there is a problem."""
    outcomes = _examined(properties, programs=programs)
    if as_json:
        say_json(_document(outcomes))
    else:
        print_outcomes(outcomes, Console(), verbose=verbose)
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

"""What `doctor` found, for a person to read: what is wrong, then what is well in a few rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rich.markup import escape
from rich.table import Column, Table

from consumer.problems import CheckOutcome, Verdict
from consumer.terminal.output import Console
from consumer.terminal.plurals import counted

_COLOURS: dict[Verdict, str] = {
    "ok": "green",
    "finding": "bold red",
    "could not tell": "yellow",
}
_ENDPOINT, _PERMISSION = "endpoint of ", "may "
_MOST_NAMES = 6


def print_outcomes(outcomes: Sequence[CheckOutcome], console: Console, *, verbose: bool) -> None:
    """Print problems, then what could not be told, then what is ok, then totals.

    Args:
        outcomes: The outcomes.
        console: Where to.
        verbose: Whether each check has a row.
    """
    for outcome in outcomes:
        _print_findings(outcome, console)
    if verbose:
        console.print(_table(outcomes))
    else:
        for line in summary(outcomes):
            console.print(escape(line), highlight=False, soft_wrap=not console.draws)
    verdicts = [outcome.verdict for outcome in outcomes]
    count = sum(len(outcome.problems) for outcome in outcomes)
    console.print(
        f"\n{counted(count, 'finding')}; {verdicts.count('ok')} of {len(verdicts)} checks are ok, "
        f"{verdicts.count('could not tell')} could not tell",
        highlight=False,
        soft_wrap=True,
    )


def _print_findings(outcome: CheckOutcome, console: Console) -> None:
    for problem in outcome.problems:
        lines = [
            f"[bold red]{escape(problem.thing)}[/]: {escape(problem.wrong)}",
            f"  causes: {escape(outcome.causes)}",
            f"  do:     {escape(problem.fix or 'see docs/failures.md')}\n",
        ]
        console.print("\n".join(lines), highlight=False, soft_wrap=True)


def summary(outcomes: Iterable[CheckOutcome]) -> Iterator[str]:
    """Yield a line for each reason why something could not be told, and some for what is ok."""
    untold, ok = defaultdict[str, list[str]](list), list[str]()
    for outcome in outcomes:
        if outcome.untold is not None:
            untold[outcome.untold].append(outcome.check)
        elif outcome.verdict == "ok":
            ok.append(outcome.check)
    for reason, names in untold.items():
        yield f"could not tell: {_some(names)}: {reason}"
    yield from _well(ok)


def _some(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{counted(len(names), 'check')}, such as {names[0]}"


def _well(names: Sequence[str]) -> Iterator[str]:
    endpoints = [name.removeprefix(_ENDPOINT) for name in names if name.startswith(_ENDPOINT)]
    permissions = [name for name in names if name.startswith(_PERMISSION)]
    others = [name for name in names if not name.startswith((_ENDPOINT, _PERMISSION))]
    if others:
        yield f"ok: {', '.join(others)}"
    if endpoints:
        yield f"ok: endpoints of {', '.join(endpoints)}"
    if permissions:
        yield f"ok: {counted(len(permissions), 'permission')}"


def _table(outcomes: Iterable[CheckOutcome]) -> Table:
    table = Table("check", Column("verdict", overflow="fold"), box=None, padding=(0, 2, 0, 0))
    for outcome in outcomes:
        note = "" if outcome.untold is None else f": {outcome.untold}"
        colour = _COLOURS[outcome.verdict]
        table.add_row(escape(outcome.check), f"[{colour}]{outcome.verdict}[/]{escape(note)}")
    return table

"""Breaks the promise on purpose, one way at a time, and tells which test notices.

    .venv/bin/python -m tests.mutations [--json]

Each mutation would lose, repeat or misplace records. The exit status is 1 when no test notices one
of them.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.mutations.mutations import MUTATIONS, UNBROKEN, Mutation
from tests.places import ROOT

_TESTS_OF = {"verb": "processor", "shard": "processor"}
"""Modules that the tests of another one test, too."""


@dataclass(frozen=True)
class Verdict:
    """What became of a mutation: the test that noticed it, None where none did."""

    mutation: str
    caught_by: str | None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list on stdout.")
def main(*, as_json: bool) -> None:
    """Break the promise on purpose and tell which test notices."""
    console = Console(stderr=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        judged = pool.map(judge, (UNBROKEN, *MUTATIONS))
        everything = track(judged, "Breaking the promise", len(MUTATIONS) + 1, console=console)
        unbroken, *verdicts = everything
    if failing := unbroken.caught_by:
        raise click.ClickException(
            f"{failing} fails on the code as it is, and would notice nothing"
        )
    if as_json:
        click.echo(json.dumps([asdict(verdict) for verdict in verdicts], indent=2))
    else:
        Console().print(_table(verdicts))
    sys.exit(0 if all(verdict.caught_by for verdict in verdicts) else 1)


def judge(mutation: Mutation) -> Verdict:
    """Run the tests on a broken copy."""
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copy = Path(folder)
        for name in (
            "consumer",
            "benchmarks",
            "samples",
            "schemas",
            "tests",
            "pyproject.toml",
            "README.md",
        ):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        mutation.apply(copy)
        return Verdict(mutation.name, _first_failure(copy, mutation.module.rpartition(".")[2]))


def _first_failure(copy: Path, broken: str) -> str | None:
    """Which test fails first: of the broken file's own, which are few, or else of all."""
    name = _TESTS_OF.get(broken, broken)
    own = sorted(str(path.relative_to(copy)) for path in copy.glob(f"tests/*/test_{name}*.py"))
    rest = [
        "tests/publishing",
        "tests/function",
        "tests/delivery",
        "tests/worker",
        "tests/contracts",
    ]
    return (own and _failure_in(own, copy)) or _failure_in(rest, copy)


def _failure_in(places: Sequence[str], copy: Path) -> str | None:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    # A broken core may wait for ever: that is noticed, too.
    options = ["--hypothesis-profile", "any-example", "-m", "not server", "--timeout", "100"]
    done = subprocess.run(
        [*command, *options, *places], cwd=copy, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return found[1] if found else done.stdout[-300:]


def _table(verdicts: list[Verdict]) -> Table:
    table = Table("what is broken", "the test that notices", title="The promise, broken on purpose")
    for verdict in verdicts:
        table.add_row(verdict.mutation, verdict.caught_by or "[bold red]none")
    return table


if __name__ == "__main__":
    main()

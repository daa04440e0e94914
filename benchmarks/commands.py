"""How fast commands start: seconds, and what they import, beside a bare Python."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from consumer.terminal import exits

PROGRAM = str(Path(sys.executable).with_name("stream-publisher"))
HEAVY = ("boto3", "botocore", "rich")
"""Packages whose import takes longer than a command should take to start."""

_LIMIT_SECONDS = 0.15
_TRIES = 20


def _completion(*words: str) -> Mapping[str, str]:
    line = " ".join(["stream-publisher", *words])
    return {
        "_STREAM_PUBLISHER_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words)),
    }


LIGHT: Mapping[str, tuple[Sequence[str], Mapping[str, str]]] = {
    "--help": (["--help"], {}),
    "replay --help": (["replay", "--help"], {}),
    "completion of a command": ([], _completion("de")),
    "completion of an option": ([], _completion("backfill", "--re")),
    "health": (["health", "--port", "9"], {}),
}
"""What must start fast: the arguments and the environment of each."""


def imported(arguments: Sequence[str], environ: Mapping[str, str]) -> set[str]:
    """Return the packages that the program imports for these arguments."""
    # Python's own list, on stderr: the program runs as it is.
    done = _run([sys.executable, "-X", "importtime", PROGRAM, *arguments], environ)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def _run(
    command: Sequence[str], environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, **(environ or {})}, capture_output=True, text=True, check=False
    )


def _seconds(command: Sequence[str], environ: Mapping[str, str] | None = None) -> float:
    """The shortest of several tries: what else runs on the machine only adds to it."""

    def once() -> float:
        began = time.perf_counter()
        _run(command, environ)
        return time.perf_counter() - began

    return min(once() for _ in range(_TRIES))


def measure() -> Mapping[str, Mapping[str, object]]:
    """Return the seconds and heavy packages of each, the ratio to a bare Python, the limit."""
    bare = _seconds([sys.executable, "-c", "pass"])
    figures: dict[str, Mapping[str, object]] = {"python -c pass": {"seconds": round(bare, 3)}}
    for name, (arguments, environ) in LIGHT.items():
        seconds = _seconds([PROGRAM, *arguments], environ)
        figures[name] = {
            "seconds": round(seconds, 3),
            "times_bare": round(seconds / bare, 1),
            "heavy": sorted(imported(arguments, environ) & set(HEAVY)),
            "kept": seconds <= _LIMIT_SECONDS,
        }
    return figures


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One line of JSON on stdout.")
def main(*, as_json: bool) -> None:
    """Measure how fast commands start; status 1 where one takes longer than 0.15 s."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # no package lies beside the program, as for a user
        figures = measure()
    if as_json:
        click.echo(json.dumps(figures))
    else:
        for name, found in figures.items():
            facts = ", ".join(f"{what} {value}" for what, value in found.items())
            click.echo(f"{name:<24} {facts}")
    if not all(found.get("kept", True) and not found.get("heavy") for found in figures.values()):
        sys.exit(exits.FAILED)


if __name__ == "__main__":
    main()

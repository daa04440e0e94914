"""Breaks the core on purpose, one way at a time, and looks which test notices.

    .venv/bin/python -m tests.mutations [--json]

Each mutation is one that would lose, repeat or misplace records. The exit status is 1 when one of
them passes the tests of the core and the adapters.
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

from tests.places import ROOT

PROCESSOR = "consumer/publishing/processor.py"
FLIGHTS = "consumer/publishing/in_flight.py"
INVOCATIONS = "consumer/function/invocation.py"
CLAIMS = "consumer/publishing/claim_check.py"
CALLS = "consumer/delivery/calls.py"
CHECKPOINTS = "consumer/worker/checkpointer.py"
SNS = "consumer/delivery/sns.py"
FAILURES = "consumer/delivery/error_classes.py"

# Lines of the processor.
ADD = "            self._flights.add(part, message)\n"
ADD_CHECKPOINT = "            checkpointer.checkpoint(part.batch.last_sequence_number)\n"
CHECKPOINT = "            checkpointer.checkpoint(published)\n"
LANDED = "self._note_published(self._flights.land(outcome.message), receipt)\n"
LANDED_CHECKPOINT = """\
                    last = outcome.message.attributes["lastSequenceNumber"]
                    checkpointer.checkpoint(str(last))
"""
LAST_WAIT = """\
        self._deliver(self._batcher.due(delivery.now), checkpointer)
        self._land(checkpointer)
"""
LAND = """\
            self._arrive(checkpointer, wait=True)
        checkpointer.wait_until_made()
"""
LETTER = "        self._poison.take("
LETTER_CHECKPOINT = "        checkpointer.checkpoint(error.sequence_number)\n"
FLUSH = "            self._deliver_all(checkpointer)\n"
SHARD_END = "            checkpointer.checkpoint_shard_end()\n"
GIVEN_UP_FIRST = "for record in batch.records[:1]:\n            refusal"
STOPPED = """\
        except LeaseLostError:
            self.lease_lost()
        else:
            self._journal.note("shutdown_requested")
"""

# Lines of the flights.
HOLD = "            held |= flight.items\n"
HOLD_UNDER_WAY = """\
            if flight in call or flight.state is not State.WAITING:
                held |= flight.items
"""


@dataclass(frozen=True)
class Mutation:
    """One way to break it.

    Attributes:
        name: What is wrong then.
        file: Where.
        edits: Pairs of text that stands there once, and what takes its place.
    """

    name: str
    file: str
    edits: tuple[tuple[str, str], ...]


MUTATIONS = (
    Mutation("checkpoint before publish", PROCESSOR, ((ADD, ADD + ADD_CHECKPOINT),)),
    Mutation("checkpoint too far", PROCESSOR, ((CHECKPOINT, CHECKPOINT[:-2] + " + '0')\n"),)),
    Mutation("checkpoint past a hole", PROCESSOR, ((LANDED, LANDED + LANDED_CHECKPOINT),)),
    Mutation(
        "an action answered with calls under way",
        PROCESSOR,
        ((LAST_WAIT, LAST_WAIT.splitlines(keepends=True)[0]),),
    ),
    Mutation(
        "an action answered with a checkpoint under way",
        PROCESSOR,
        ((LAND, LAND.splitlines(keepends=True)[0]),),
    ),
    Mutation(
        "the shard's end checkpointed past one that failed",
        CHECKPOINTS,
        (("        self.wait_until_made()\n        # Without", "        # Without"),),
    ),
    Mutation(
        "calls under way tried on after a lost lease",
        PROCESSOR,
        (("            self._call_back()\n", ""),),
    ),
    Mutation(
        "the same item twice under way",
        FLIGHTS,
        (("held.isdisjoint(flight.items)", "True"),),
    ),
    Mutation(
        "a change that waits overtaken by the next of its item", FLIGHTS, ((HOLD, HOLD_UNDER_WAY),)
    ),
    Mutation(
        "something sent past a refused message",
        FLIGHTS,
        (("            if flight.error:\n                return\n", ""),),
    ),
    Mutation(
        "a refused message's turn while others are under way",
        FLIGHTS,
        (("if self._flying or not self._line", "if not self._line"),),
    ),
    Mutation(
        "a failed entry forgotten",
        CALLS,
        (("                self._left.append((message, hope))\n", ""),),
    ),
    Mutation(
        "a failed entry taken for published",
        SNS,
        (("{**taken, **failed}", "{**dict.fromkeys(failed, 'm'), **taken}"),),
    ),
    Mutation(
        "an entry without an answer taken for published",
        SNS,
        (("answers.get(str(number), unsaid)", "answers.get(str(number), str(unsaid))"),),
    ),
    Mutation(
        "a recalled call sent again",
        CALLS,
        (("if self._is_recalled:", "if False:"),),
    ),
    Mutation("tail forgotten at the shard's end", PROCESSOR, ((FLUSH + SHARD_END, SHARD_END),)),
    Mutation(
        "tail forgotten at a stop",
        PROCESSOR,
        ((FLUSH + STOPPED, "            pass\n" + STOPPED),),
    ),
    Mutation(
        "held records published after a lost lease",
        PROCESSOR,
        (("self._batcher.discard() + self", "self"),),
    ),
    Mutation(
        "the shard's end checkpointed after a lost lease",
        PROCESSOR,
        (("            return  # the end", "            pass  # the end"),),
    ),
    Mutation(
        "letter sent after its checkpoint",
        PROCESSOR,
        ((LETTER_CHECKPOINT, ""), (LETTER, LETTER_CHECKPOINT + LETTER)),
    ),
    Mutation(
        "what follows a refused record forgotten",
        PROCESSOR,
        (("record, batch = batch.around(", "record, _ = batch.around("),),
    ),
    Mutation(
        "second half of a refused batch forgotten",
        PROCESSOR,
        (("for half in batch.halves() for", "for half in batch.halves()[:1] for"),),
    ),
    Mutation(
        "a record that Lambda should hand over again not told of",
        INVOCATIONS,
        (("numbers.index(sequence_number) + 1", "numbers.index(sequence_number) + 2"),),
    ),
    Mutation(
        "messages of two shards taken for one another",
        INVOCATIONS,
        (("{first.get('eventID') or first", "{first"),),
    ),
    Mutation(
        "an error swallowed by the guard",
        "consumer/worker/kcl.py",
        (
            (
                "        raise SystemExit(_status_after(error)) from error\n\n\ndef _status",
                "\n\ndef _status",
            ),
        ),
    ),
    Mutation(
        "a passing failure taken for the batch's",
        FAILURES,
        (("dict.fromkeys(_PASSING, TransientError)", "dict.fromkeys(_PASSING, BatchError)"),),
    ),
    Mutation(
        "an operator's failure taken for the batch's",
        FAILURES,
        (("dict.fromkeys(_OPERATORS, OperatorError)", "dict.fromkeys(_OPERATORS, BatchError)"),),
    ),
    Mutation(
        "a batch cut one byte too large",
        "consumer/publishing/split.py",
        (("message.size <= limit", "message.size <= limit + 1"),),
    ),
    Mutation(
        "a message published that is one byte too large",
        CLAIMS,
        (("if message.size <= self", "if message.size - 1 <= self"),),
    ),
    Mutation(
        "pointer published to a body that the bucket does not have",
        CLAIMS,
        (
            (
                "else self._claims.keep(message)\n",
                "else pointer_to(message, Place('large-changes', claim_key(message)))\n",
            ),
        ),
    ),
    Mutation(
        "letters of a given-up message but for its first record forgotten",
        PROCESSOR,
        (("for record in batch.records:\n            refusal", GIVEN_UP_FIRST),),
    ),
    Mutation(
        "an operator's failure given up",
        "consumer/delivery/retries.py",
        (("        if not isinstance(error, TransientError):", "        if False:"),),
    ),
    Mutation(
        "a full batch holds one record too many",
        "consumer/publishing/batches.py",
        (("len(self._held) >= self._size", "len(self._held) > self._size"),),
    ),
)


UNBROKEN = Mutation("nothing", PROCESSOR, ())
"""Tests that fail on this one too say nothing of the others."""


@dataclass(frozen=True)
class Verdict:
    """What became of a mutation: the test that noticed it, None where none did."""

    mutation: str
    caught_by: str | None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list on stdout.")
def main(*, as_json: bool) -> None:
    """Break the core on purpose and look which test notices."""
    console = Console(stderr=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        judged = pool.map(judge, (UNBROKEN, *MUTATIONS))
        everything = track(judged, "Breaking the core", len(MUTATIONS) + 1, console=console)
        unbroken, *verdicts = everything
    if failing := unbroken.caught_by:
        raise click.ClickException(
            f"{failing} fails on the core as it is, and would notice nothing"
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
        for name in ("consumer", "benchmarks", "tests", "pyproject.toml", "README.md"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        _apply(mutation, copy)
        return Verdict(mutation.name, _first_failure(copy, Path(mutation.file).stem))


def _apply(mutation: Mutation, copy: Path) -> None:
    file = copy / mutation.file
    text = file.read_text()
    for old, new in mutation.edits:
        if text.count(old) != 1:
            raise click.ClickException(f"{mutation.name}: {mutation.file} has changed; fix this")
        text = text.replace(old, new)
    file.write_text(text)


def _first_failure(copy: Path, broken: str) -> str | None:
    """Which test fails first: of the broken file's own, which are few, or else of all."""
    own = sorted(str(path.relative_to(copy)) for path in copy.glob(f"tests/*/test_{broken}.py"))
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
    options = ["--hypothesis-profile", "any-example", "-m", "not server"]
    done = subprocess.run(
        [*command, *options, *places], cwd=copy, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return found[1] if found else done.stdout[-300:]


def _table(verdicts: list[Verdict]) -> Table:
    table = Table("what is broken", "the test that notices", title="The core, broken on purpose")
    for verdict in verdicts:
        table.add_row(verdict.mutation, verdict.caught_by or "[bold red]none")
    return table


if __name__ == "__main__":
    main()

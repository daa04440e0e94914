"""Ctrl-C within milliseconds of a backfill's save, again and again: each try must end with 130.

`python -m tests.chain.interrupt_tries --tries 10000` is run by hand; the suite makes a few tries.
"""

import json
import os
import random
import selectors
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click

from consumer.aws.clients import client
from consumer.backfill import action, runner
from consumer.backfill.state import Backfill, Owner
from consumer.backfill.state_store import BackfillState
from consumer.cli import main as stream_publisher
from consumer.demo.table import TABLE, create_table
from consumer.sandbox.backends import Sandbox
from consumer.terminal import exits

_ITEMS = 300
_SIDE_BY_SIDE = 6
_LATEST_SECONDS = 0.005
_HANGS_SECONDS = 60.0
_SAVE_SECONDS = 0.05
HANGS = "hangs"

assert action  # imported once here, and shared by all that are forked


@dataclass
class Try:
    """One backfill that is interrupted.

    Attributes:
        process_id: Its process.
        saves: Gets a byte before each save.
        log: What it writes.
        began: When, in seconds of time.monotonic.
        strike_at: When it is interrupted; None until it saves, and after that.
    """

    process_id: int
    saves: int
    log: Path
    began: float = field(default_factory=time.monotonic)
    strike_at: float | None = None

    @property
    def is_late(self) -> bool:
        """Whether it should have ended long ago."""
        return time.monotonic() - self.began > _HANGS_SECONDS


class Tries:
    """Forks backfills from this warmed process, and interrupts each.

    Args:
        environ: The environment; each slot has an application of its own in it.
        folder: Where logs go.
        seed: Decides upon the moments.
    """

    def __init__(self, environ: Mapping[str, str], folder: Path, seed: int) -> None:
        self._environ, self._folder = environ, folder
        self._random = random.Random(seed)  # noqa: S311 - moments, not secrets
        self._selector = selectors.DefaultSelector()
        self.outcomes: Counter[int | str] = Counter()
        """How many tries ended with which exit status, or hang."""
        self.bad_logs: list[str] = []
        """What tries have written that did not end with 130."""

    def make(self, tries: int, seconds: float) -> None:
        """Make so many tries, or those that fit into the time."""
        until, begun, running = time.monotonic() + seconds, 0, dict[int, Try]()
        while running or (begun < tries and time.monotonic() < until):
            for slot in range(_SIDE_BY_SIDE):
                if slot not in running and begun < tries and time.monotonic() < until:
                    running[slot] = self._begin(slot)
                    begun += 1
            self._see_saves()
            for slot, each in list(running.items()):
                if self._is_over(each):
                    self._selector.unregister(each.saves)
                    os.close(each.saves)
                    del running[slot]

    def _begin(self, slot: int) -> Try:
        ours, theirs = os.pipe()
        log = self._folder / f"try-{slot}.log"
        process_id = os.fork()
        if process_id == 0:
            os.close(ours)
            _backfill({**self._environ, "KCL_APPLICATION_NAME": f"tries-{slot}"}, log, theirs)
        os.close(theirs)
        made = Try(process_id, ours, log)
        self._selector.register(ours, selectors.EVENT_READ, made)
        return made

    def _see_saves(self) -> None:
        for key, _ in self._selector.select(0.0005):
            each: Try = key.data
            if os.read(each.saves, 1) and each.strike_at is None:
                # One that has struck has it far in the past, and strikes no more.
                delay = self._random.uniform(0, _LATEST_SECONDS)
                each.strike_at = time.monotonic() + delay

    def _is_over(self, each: Try) -> bool:
        if each.strike_at and 0 < each.strike_at <= time.monotonic():
            os.kill(each.process_id, signal.SIGINT)
            each.strike_at = -1.0
        ended, status = os.waitpid(each.process_id, os.WNOHANG)
        if not ended and not each.is_late:
            return False
        self._count(each, os.waitstatus_to_exitcode(status) if ended else HANGS)
        return True

    def _count(self, each: Try, outcome: int | str) -> None:
        self.outcomes[outcome] += 1
        if outcome == HANGS:
            os.kill(each.process_id, signal.SIGKILL)
            os.waitpid(each.process_id, 0)
        if outcome != exits.INTERRUPTED:
            self.bad_logs.append(f"{outcome}: {each.log.read_text()[-2000:]}")


def _backfill(environ: Mapping[str, str], log: Path, saves: int) -> None:
    """Run the command in this forked process, and end it as the command ends."""
    os.environ.update(environ)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    runner._SAVE_SECONDS = runner._CHECK_SECONDS = _SAVE_SECONDS
    save = BackfillState.save

    def told_save(state: BackfillState, backfill: Backfill, owner: Owner) -> Owner:
        os.write(saves, b".")
        return save(state, backfill, owner)

    BackfillState.save = told_save  # type: ignore[assignment,method-assign]
    status: Any = 1
    try:
        stream_publisher(
            ["backfill", "--yes", "--restart", "--segments", "2", "--read-units-per-second", "3"]
        )
    except SystemExit as end:
        status = end.code
    finally:
        sys.stdout.flush()
        os._exit(status if isinstance(status, int) else 0)


def try_out(tries: int, seconds: float, seed: int) -> Tries:
    """Make tries on servers of their own."""
    with Sandbox() as sandbox:
        tables = sandbox.client("dynamodb")
        create_table(tables)
        for number in range(_ITEMS):
            item = {"id": {"S": f"item-{number}"}, "text": {"S": "x" * 1000}}
            tables.put_item(TableName=TABLE, Item=item)
        topic_arn = sandbox.client("sns").create_topic(Name="changes")["TopicArn"]
        environ = sandbox.settings() | {
            "PUBLISHER_TABLE": TABLE,
            "PUBLISHER_TOPIC_ARN": topic_arn,
        }
        with patch.dict(os.environ, environ):
            for service in ("dynamodb", "sns", "sts"):
                client(service)  # what AWS's services look like is read once, too
        made = Tries(environ, sandbox.folder, seed)
        made.make(tries, seconds)
    return made


@click.command()
@click.option("--tries", type=click.IntRange(1), default=10_000, show_default=True)
@click.option("--minutes", type=click.FloatRange(0.1), default=10.0, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def main(tries: int, minutes: float, seed: int) -> None:
    """Interrupt backfills; status 1 where one doesn't end with 130."""
    began = time.monotonic()
    made = try_out(tries, minutes * 60, seed)
    for log in made.bad_logs[:5]:
        click.echo(log, err=True)
    figures = {
        "tries": made.outcomes.total(),
        "ended": {str(outcome): count for outcome, count in made.outcomes.items()},
        "seconds": round(time.monotonic() - began, 1),
    }
    click.echo(json.dumps(figures))
    sys.exit(0 if set(made.outcomes) == {exits.INTERRUPTED} else exits.FAILED)


if __name__ == "__main__":
    main()

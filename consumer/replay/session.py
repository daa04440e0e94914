"""One replay of `stream-publisher replay`: plan it, show it, ask, write it."""

import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from consumer.fleet.connections import open_lease_table, open_stream
from consumer.replay.caller_identity import find_caller
from consumer.replay.errors import LeasesChangedError
from consumer.replay.lease_writes import open_lease_writes
from consumer.replay.plan import Plan
from consumer.replay.replay_record import ReplayRecord, new_replay_record
from consumer.replay.replayer import Replayer
from consumer.replay.screen import ReadProgress, print_plan, stay_lines
from consumer.replay.start_position import StartPosition
from consumer.settings.configuration import Configuration
from consumer.settings.forms import is_fifo
from consumer.telemetry.logs import single_logger
from consumer.terminal import exits
from consumer.terminal.interrupts import deferred
from consumer.terminal.output import Console, say, say_error, say_json
from consumer.terminal.plurals import counted
from consumer.terminal.streams import is_terminal

_MOST_PLANS = 5
_DEDUPLICATED = (
    "a FIFO topic drops messages that it got less than five minutes ago as repeats, and so does a "
    "FIFO queue behind it"
)
_MINUTES = "this stream's times are whole minutes, as some emulators' are; the replay begins at"


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What was asked for.

    Attributes:
        start_position: Where the replay begins.
        shards: Shards to replay, with their descendants; all shards if none is named.
        dry_run: Whether to write nothing.
        yes: Whether to write without a question.
        as_json: Whether to print JSON.
        asked_at: When it was asked for, in seconds since 1970 UTC.
    """

    start_position: StartPosition
    shards: tuple[str, ...]
    dry_run: bool
    yes: bool
    as_json: bool
    asked_at: float


class ReplaySession:
    """One replay from the plan to the last write.

    Args:
        configuration: The workers'.
        request: What was asked for.
    """

    def __init__(self, configuration: Configuration, request: ReplayRequest) -> None:
        self._configuration, self._request = configuration, request
        self._writes = open_lease_writes(configuration)
        table = open_lease_table(configuration)
        self._replayer = Replayer(open_stream(configuration), table, self._writes)

    def run(self) -> None:
        """Plan, ask, write; repeat it if leases changed in between."""
        for _ in range(_MOST_PLANS):
            # Read before the leases, so that any replay done from here on is noticed.
            last = self._writes.last_number()
            plan = self._plan()
            if not self._is_wanted(plan):
                return
            try:
                # What is written is written as a whole, and told.
                with deferred():
                    self._do(plan, last)
            except LeasesChangedError:
                say_error("Leases changed since the plan was made; planning again.")
            else:
                return
        say_error("nothing was changed: leases change faster than they are read; try again")
        sys.exit(exits.FAILED)

    def _plan(self) -> Plan:
        asked = self._request
        with ReadProgress() as progress:
            return self._replayer.prepare(
                asked.start_position, asked.shards, asked.asked_at, progress.show
            )

    def _is_wanted(self, plan: Plan) -> bool:
        """Show the plan, or leave it to the JSON printed at the end; ask whether to go on."""
        ends_here = self._request.dry_run or not plan.steps
        if not self._request.as_json:
            self._show(plan)
        elif ends_here:
            self._print_json(plan, None)
        if ends_here:
            return False
        if not self._request.yes and not click.confirm("Write this?", err=True):
            say_error("Nothing was changed.")
            sys.exit(exits.FAILED)
        return True

    def _do(self, plan: Plan, last: int) -> None:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        caller = find_caller(self._configuration.kcl.region_name)
        replay_record = new_replay_record(plan, caller, last, mark=str(uuid.uuid4()), at=at)
        self._replayer.carry_out(replay_record)
        _log(replay_record, self._configuration)
        if self._request.as_json:
            self._print_json(plan, replay_record)
        else:
            say(f"Done as replay {replay_record.number}; workers go on from there within seconds.")
        self._replayer.look_after(replay_record)

    def _show(self, plan: Plan) -> None:
        if not plan.steps:
            say(f"Nothing comes again from {plan.start_position}.")
        else:
            print_plan(Console(), plan)
        for line in stay_lines(plan.stays):
            say_error(line)
        for warning in self._warnings(plan):
            say_error(f"Warning: {warning}.")

    def _print_json(self, plan: Plan, replay_record: ReplayRecord | None) -> None:
        done = replay_record.to_json() if replay_record else {"replay": None}
        say_json({**plan.to_json(), **done, "warnings": self._warnings(plan)})

    def _warnings(self, plan: Plan) -> list[str]:
        deduplicates = is_fifo(self._configuration.publisher.topic_arn)
        return [_DEDUPLICATED] if deduplicates and plan.steps else []


def _log(replay_record: ReplayRecord, configuration: Configuration) -> None:
    """Log who replayed what, in the form of the workers' log; a terminal is told already."""
    if is_terminal(sys.stderr):
        return
    facts = {name: value for name, value in replay_record.to_json().items() if name != "steps"}
    single_logger(configuration.publisher.log_format).info(
        "Checkpoints of %s were set back to %s",
        counted(len(replay_record.steps), "shard"),
        replay_record.start_position,
        extra={"event": "replayed", "facts": facts | {"shards": len(replay_record.steps)}},
    )

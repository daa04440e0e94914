"""One replay of `stream-publisher replay`: planned, shown, asked about, written."""

import json
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import click
from rich.console import Console

from consumer.fleet.opening import open_lease_table, open_stream
from consumer.replay.caller_identity import find_caller
from consumer.replay.history import ReplayRecord, new_entry
from consumer.replay.lease_writes import ChangedError, open_lease_writes
from consumer.replay.plan import Plan
from consumer.replay.replays import Replays
from consumer.replay.screen import Reading, plan_table
from consumer.replay.start_position import StartPosition
from consumer.settings.resolve import Configuration
from consumer.telemetry.logs import single_logger
from consumer.terminal import exits
from consumer.terminal.interrupts import deferred
from consumer.terminal.plurals import counted

_MOST_PLANS = 5
_DEDUPLICATED = (
    "the topic is a FIFO topic: what it was sent less than five minutes ago it drops as a repeat, "
    "and so does a FIFO queue behind it"
)


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What was asked for."""

    origin: StartPosition
    shards: tuple[str, ...]
    dry_run: bool
    yes: bool
    as_json: bool


class ReplaySession:
    """One replay from the plan to the last write.

    Args:
        configuration: The workers'.
        wish: What was asked for.
    """

    def __init__(self, configuration: Configuration, wish: ReplayRequest) -> None:
        self._configuration, self._wish = configuration, wish
        self._writes = open_lease_writes(configuration)
        table = open_lease_table(configuration)
        self._replays = Replays(open_stream(configuration), table, self._writes)

    def run(self) -> None:
        """Plan, ask, write; again where leases changed in between."""
        for _ in range(_MOST_PLANS):
            # Before the leases: another replay that is done from here on is noticed.
            last = self._writes.last_number()
            plan = self._plan()
            if not self._is_wanted(plan):
                return
            try:
                # What is written is written as a whole, and told.
                with deferred():
                    self._do(plan, last)
            except ChangedError:
                click.echo("Leases came, went or ended meanwhile; planning anew.", err=True)
            else:
                return
        click.echo("nothing was changed: leases change faster than they are read; again", err=True)
        sys.exit(exits.FAILED)

    def _plan(self) -> Plan:
        with Reading() as reading:
            return self._replays.prepare(self._wish.origin, self._wish.shards, reading.tell)

    def _is_wanted(self, plan: Plan) -> bool:
        """Show the plan, unless it is shown as JSON once it is done; ask whether to go on."""
        ends_here = self._wish.dry_run or not plan.steps
        if not self._wish.as_json:
            self._show(plan)
        elif ends_here:
            self._print_json(plan, None)
        if ends_here:
            return False
        if not self._wish.yes and not click.confirm("Write this?", err=True):
            click.echo("Nothing was changed.", err=True)
            sys.exit(exits.FAILED)
        return True

    def _do(self, plan: Plan, last: int) -> None:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        caller = find_caller(self._configuration.kcl.region_name)
        entry = new_entry(plan, caller, last, mark=str(uuid.uuid4()), at=at)
        self._replays.carry_out(entry)
        _log(entry, self._configuration)
        if self._wish.as_json:
            self._print_json(plan, entry)
        else:
            click.echo(f"Done as replay {entry.number}; workers go on from there within seconds.")
        self._replays.look_after(entry)

    def _show(self, plan: Plan) -> None:
        if not plan.steps:
            click.echo(f"Nothing is to come again from {plan.origin}.")
        else:
            Console().print(plan_table(plan))
        for shard_id, reason in plan.stays.items():
            click.echo(f"{shard_id} stays as it is: {reason}.", err=True)
        for warning in self._warnings(plan):
            click.echo(f"Warning: {warning}.", err=True)

    def _print_json(self, plan: Plan, entry: ReplayRecord | None) -> None:
        done = entry.to_json() if entry else {"replay": None}
        click.echo(json.dumps({**plan.to_json(), **done, "warnings": self._warnings(plan)}))

    def _warnings(self, plan: Plan) -> list[str]:
        is_fifo = self._configuration.publisher.topic_arn.endswith(".fifo")
        return [_DEDUPLICATED] if is_fifo and plan.steps else []


def _log(entry: ReplayRecord, configuration: Configuration) -> None:
    """Who has replayed what, where the workers' lines stand."""
    facts = {name: value for name, value in entry.to_json().items() if name != "steps"}
    single_logger(configuration.publisher.log_format).info(
        "Checkpoints of %s were set back to %s",
        counted(len(entry.steps), "shard"),
        entry.origin,
        extra={"event": "replayed", "facts": facts | {"shards": len(entry.steps)}},
    )

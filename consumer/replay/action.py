"""What `replay` does: publish changes again, from a time or a record on."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from consumer.replay.errors import OtherReplayError, ReplayError
from consumer.replay.lease_writes import LeaseWrites, open_lease_writes
from consumer.replay.screen import history_lines
from consumer.replay.session import ReplayRequest, ReplaySession
from consumer.replay.start_position import StartPosition, parse_start_position
from consumer.replay.time_of_day import time_of_day
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.terminal import exits
from consumer.terminal.failures import configuration_of, told_in_one_line
from consumer.terminal.output import say, say_error, say_json


def make_replay(  # noqa: PLR0913 - a command's options
    properties: Path | None,
    start: str,
    shards: tuple[str, ...],
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Plan a replay and carry it out; exit with status 2 if it can't be done."""
    configuration = configuration_of(properties)
    with _refused(configuration):
        # The one time against which this command reads and checks everything.
        asked_at = time.time()
        start_position = _start_position(start, asked_at)
        request = ReplayRequest(start_position, shards, dry_run, yes, as_json, asked_at)
        ReplaySession(configuration, request).run()


def show_history(properties: Path | None, *, as_json: bool) -> None:
    """Print the replays that were done."""
    configuration = configuration_of(properties)
    with _refused(configuration):
        _print_history(open_lease_writes(configuration), as_json=as_json)


def _start_position(start: str, now: float) -> StartPosition:
    try:
        start_position = parse_start_position(start, now, datetime.astimezone)
    except ValueError as error:
        raise ReplayError(f"--from {error}") from error
    if said := time_of_day(start.strip(), now, datetime.astimezone):
        say_error(f"--from {start} is {said.isoformat(sep=' ')}, which is {start_position}")
    return start_position


@contextmanager
def _refused(configuration: Configuration) -> Iterator[None]:
    """Print why a replay can't be done, in one line; exit with status 2."""
    try:
        with told_in_one_line(f"replay of {configuration.kcl.application_name}"):
            yield
    except (ReplayError, ConfigurationError) as error:
        say_error(str(error))
        sys.exit(exits.USAGE)
    except OtherReplayError:
        say_error(
            "another replay was done meanwhile, so this one changed nothing; see "
            "stream-publisher replay --history, then plan again"
        )
        sys.exit(exits.USAGE)


def _print_history(writes: LeaseWrites, *, as_json: bool) -> None:
    replay_records = writes.history()
    if not as_json:
        for line in history_lines(replay_records):
            say(line)
        return
    for replay_record in replay_records:
        say_json(replay_record.to_json())

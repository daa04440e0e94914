"""Before a backfill begins: everything is checked, then this process becomes its owner."""

import os
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from consumer.aws.clients import client
from consumer.backfill.request import BackfillRequest
from consumer.backfill.start_or_resume import RefusedError, Target, choose
from consumer.backfill.state import Backfill, Owner, SavedBackfill
from consumer.backfill.state_store import BackfillState, BusyError, watch
from consumer.backfill.table import Description, describe
from consumer.backfill.wiring import policy_of
from consumer.checks.lease_tables import require_tables
from consumer.checks.preflight import asked, check_surroundings, check_targets
from consumer.delivery.retries import Clocks, Retries
from consumer.fleet.connections import tables_client
from consumer.fleet.table_forms import coordinator_form
from consumer.publishing.ports import Journal
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.processor import ProcessorSettings

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class ClaimedBackfill:
    """A backfill that this process owns.

    Attributes:
        backfill: The backfill.
        owner: This process.
        state: Where it is saved.
        settings: How its messages are written.
        description: The table.
    """

    backfill: Backfill
    owner: Owner
    state: BackfillState
    settings: ProcessorSettings
    description: Description


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a claim needs of the program.

    Attributes:
        journal: Where retries are noted.
        tell: Gets a line that says what is being waited for.
        sleep: Waits for so many seconds.
    """

    journal: Journal
    tell: Callable[[str], object]
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class PreparedBackfill:
    """A backfill that could begin: everything is checked, nothing is written.

    Attributes:
        backfill: The backfill.
        state: Where it will be saved.
        settings: How its messages are written.
        description: The table.
        seen: What is saved of an earlier one; None where nothing is.
    """

    backfill: Backfill
    state: BackfillState
    settings: ProcessorSettings
    description: Description
    seen: SavedBackfill | None

    @property
    def ended_run(self) -> str | None:
        """The name of the run that published the whole table before; None where none has."""
        earlier = self.seen.backfill if self.seen else None
        return earlier.run.name if earlier and earlier.is_ended else None


def claim(
    configuration: Configuration,
    request: BackfillRequest,
    segments: int | None,
    around: Surroundings,
) -> ClaimedBackfill:
    """Check everything, and become the owner of the backfill; see `prepare` and `take`."""
    return take(configuration, prepare(configuration, request, segments, around))


def prepare(
    configuration: Configuration,
    request: BackfillRequest,
    segments: int | None,
    around: Surroundings,
) -> PreparedBackfill:
    """Check everything; write nothing.

    Args:
        configuration: The workers' configuration.
        request: Whether it is a new one.
        segments: The number of segments that is asked for; None if none is.
        around: What it needs of the program.

    Raises:
        ConfigurationError: With a line for each mistake.
    """
    description = _checked(configuration, os.environ)
    settings = configuration.for_processor(_name())
    state = _open_state(configuration, settings, around)
    target = Target(
        configuration.table, description.table_id, configuration.publisher.topic_arn, segments
    )
    try:
        seen = _seen(configuration, state, around)
        backfill = choose(seen, request, target, description.now)
    except RefusedError as error:
        raise ConfigurationError(error.mistakes) from error
    except BusyError as error:
        raise ConfigurationError([f"backfill of {configuration.table}: {error}"]) from error
    return PreparedBackfill(backfill, state, settings, description, seen)


def take(configuration: Configuration, prepared: PreparedBackfill) -> ClaimedBackfill:
    """Become the owner of a backfill.

    Raises:
        ConfigurationError: Another one has begun since it was prepared, or it can't be saved.
    """
    owner = Owner(uuid.uuid4().hex, prepared.settings.worker_id)
    claimed = ClaimedBackfill(
        prepared.backfill, owner, prepared.state, prepared.settings, prepared.description
    )
    try:
        _claim(configuration, claimed, prepared.seen)
    except BusyError as error:
        raise ConfigurationError([f"backfill of {configuration.table}: {error}"]) from error
    return claimed


def open_table_client(
    configuration: Configuration, *, attempts: int = 1, connections: int = 1
) -> Any:  # noqa: ANN401 - boto3's client
    """Return a client for the table itself."""
    region = configuration.kcl.region_name
    return client("dynamodb", attempts=attempts, region=region, connections=connections)


def _checked(configuration: Configuration, environ: Mapping[str, str]) -> Description:
    mistakes = check_surroundings(configuration, environ)
    description = None
    if not mistakes:
        description, mistakes = _described(configuration)
        mistakes += check_targets(configuration)
    if mistakes or description is None:
        raise ConfigurationError(mistakes)
    return description


def _described(configuration: Configuration) -> tuple[Description | None, list[str]]:
    """Describe the table, and scan one item: only that shows whether scans are allowed."""
    thing, name = f"publisher.table = {configuration.table!r}", configuration.table
    tables = open_table_client(configuration, attempts=_ATTEMPTS)
    description, mistakes = asked(thing, lambda: describe(tables, name))
    if mistakes:
        return None, mistakes
    _, mistakes = asked(thing, lambda: tables.scan(TableName=name, Limit=1))
    return description, mistakes


def _open_state(
    configuration: Configuration, settings: ProcessorSettings, around: Surroundings
) -> BackfillState:
    tables, name = tables_client(configuration), configuration.kcl.coordinator_state_table
    clocks = Clocks(sleep=around.sleep)
    retries = Retries(f"table {name}", policy_of(settings), around.journal, clocks=clocks)
    return BackfillState(tables, name, configuration.table, retries)


def _seen(
    configuration: Configuration, state: BackfillState, around: Surroundings
) -> SavedBackfill | None:
    """Return what is saved, once nobody works on it any more."""
    thing = f"table {configuration.kcl.coordinator_state_table}"
    seen, mistakes = asked(thing, state.load)
    if seen and seen.owner:
        around.tell(f"{seen.owner.name} has not said that it stopped; watching for a sign of it …")
        owned = seen
        seen, mistakes = asked(thing, lambda: watch(state, owned, around.sleep))
    if mistakes:
        raise ConfigurationError(mistakes)
    return seen


def _claim(
    configuration: Configuration, claimed: ClaimedBackfill, seen: SavedBackfill | None
) -> None:
    def write() -> None:
        claimed.state.claim(claimed.backfill, seen, claimed.owner)

    require_tables(configuration, [coordinator_form(configuration.kcl)])
    _, mistakes = asked(f"table {configuration.kcl.coordinator_state_table}", write)
    if mistakes:
        raise ConfigurationError(mistakes)


def _name() -> str:
    return f"backfill on {socket.gethostname()}, process {os.getpid()}"

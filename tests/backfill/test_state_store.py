"""A backfill is saved in KCL's table, and owned by one process at a time."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from consumer.backfill.state import Backfill, Owner, SavedBackfill, ScanPosition
from consumer.backfill.state_store import LASTS_SECONDS, BackfillState, BusyError, watch
from consumer.delivery.retries import Clocks, Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.fleet.table_creation import create_tables
from consumer.fleet.table_forms import coordinator_form
from consumer.publishing.errors import OperatorError
from consumer.publishing.snapshots import Run
from consumer.settings.kcl import KclSettings
from consumer.terminal.interrupts import StopRequest
from tests.fakes import FakeJournal

NUMBER = "10" + "0" * 20
BACKFILL = Backfill("orders", "id-1", "topic", Run(1_700_000_000), (ScanPosition(),) * 2)
LATER = replace(BACKFILL, positions=(ScanPosition(NUMBER, {"id": {"B": b"\xff"}}), ScanPosition()))
ONE, OTHER = Owner("one", "host one"), Owner("other", "host two")


@pytest.fixture
def state() -> Iterator[BackfillState]:
    """That of a table, in a new state table."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        retries = Retries("table", RetryPolicy(), FakeJournal())
        state = BackfillState(client, "app-CoordinatorState", "orders", retries)
        assert state.load() is None
        create_tables(client, [coordinator_form(KclSettings(application_name="app"))])
        yield state


def test_what_is_saved_is_loaded(state: BackfillState) -> None:
    """Every save is another heartbeat; after the release nobody owns it."""
    assert state.load() is None
    state.claim(BACKFILL, None, ONE)
    owner = state.save(LATER, ONE)
    assert state.load() == SavedBackfill(LATER, replace(ONE, heartbeat=1))
    state.release(LATER, owner)

    assert state.load() == SavedBackfill(LATER, None)


def test_only_one_of_two_that_begin_at_once_gets_it(state: BackfillState) -> None:
    """Whether nothing was saved before, or something."""
    state.claim(BACKFILL, None, ONE)
    with pytest.raises(BusyError):
        state.claim(BACKFILL, None, OTHER)
    state.release(LATER, ONE)
    saved = state.load()
    state.claim(LATER, saved, ONE)
    with pytest.raises(BusyError):
        state.claim(LATER, saved, OTHER)


def test_one_that_was_taken_over_saves_no_more(state: BackfillState) -> None:
    """Nor does it release what is another's."""
    state.claim(BACKFILL, None, ONE)
    state.claim(BACKFILL, state.load(), OTHER)
    for act in (state.save, state.release):
        with pytest.raises(BusyError):
            act(LATER, ONE)

    assert state.load() == SavedBackfill(BACKFILL, OTHER)


def test_one_that_wakes_after_the_next_one_has_ended_changes_nothing(state: BackfillState) -> None:
    """Nobody owns the backfill any more then, and all of it is published."""
    state.claim(BACKFILL, None, ONE)
    state.claim(BACKFILL, state.load(), OTHER)
    state.release(LATER, OTHER)
    for act in (state.save, state.release):
        with pytest.raises(BusyError):
            act(BACKFILL, ONE)

    assert state.load() == SavedBackfill(LATER, None)


def test_an_owner_that_has_saved_meanwhile_is_not_taken_over(state: BackfillState) -> None:
    """What was seen is not what is there any more."""
    state.claim(BACKFILL, None, ONE)
    seen = state.load()
    state.save(LATER, ONE)
    with pytest.raises(BusyError):
        state.claim(LATER, seen, OTHER)


def test_a_resume_that_was_held_up_sets_nothing_back(state: BackfillState) -> None:
    """Another one has gone on from what it saw, and has released the backfill."""
    state.claim(BACKFILL, None, ONE)
    state.release(BACKFILL, ONE)
    seen = state.load()
    state.claim(BACKFILL, seen, OTHER)
    state.release(LATER, OTHER)
    with pytest.raises(BusyError):
        state.claim(BACKFILL, seen, ONE)

    assert state.load() == SavedBackfill(LATER, None)


def failing_writes(client: Any, *codes: str) -> None:  # noqa: ANN401 - boto3's client
    """Have the next writes fail with these codes."""
    left = list(codes)

    def fail(**_more: object) -> None:
        if left:
            raise ClientError({"Error": {"Code": left.pop(0), "Message": ""}}, "PutItem")

    client.meta.events.register("before-call.dynamodb.PutItem", fail)


def interrupted(client: Any) -> BackfillState:  # noqa: ANN401 - boto3's client
    """The state of a command that is to stop: no wait lasts any more."""
    stop = StopRequest()
    stop.set(2, None)
    retries = Retries("table", RetryPolicy(), FakeJournal(), clocks=Clocks(sleep=stop.sleep))
    return BackfillState(client, "app-CoordinatorState", "orders", retries)


def test_a_release_is_retried_although_the_command_is_to_stop(state: BackfillState) -> None:
    """Or what was published since the last save comes again."""
    client = boto3.client("dynamodb", region_name="eu-west-1")
    state.claim(BACKFILL, None, ONE)
    failing_writes(client, "ThrottlingException", "InternalServerError", "ThrottlingException")
    interrupted(client).release(LATER, ONE)

    assert state.load() == SavedBackfill(LATER, None)


def test_a_release_that_is_denied_ends_at_once_when_the_command_is_to_stop(
    state: BackfillState,
) -> None:
    """With our own error, which names the table."""
    client = boto3.client("dynamodb", region_name="eu-west-1")
    state.claim(BACKFILL, None, ONE)
    failing_writes(client, *["AccessDeniedException"] * 2)
    with pytest.raises(OperatorError, match="table"):
        interrupted(client).release(LATER, ONE)

    assert state.load() == SavedBackfill(BACKFILL, ONE)


def test_a_release_may_be_said_twice(state: BackfillState) -> None:
    """Where the first one's answer was lost."""
    state.claim(BACKFILL, None, ONE)
    for _ in range(2):
        state.release(LATER, ONE)

    assert state.load() == SavedBackfill(LATER, None)


def test_an_owner_that_saves_is_at_work(state: BackfillState) -> None:
    """It is named."""
    state.claim(BACKFILL, None, ONE)
    seen = state.load()
    assert seen is not None
    with pytest.raises(BusyError, match="host one works on it"):
        watch(state, seen, lambda _seconds: state.save(LATER, ONE))


def test_an_owner_that_is_silent_has_ended(state: BackfillState) -> None:
    """After the time in which it would have saved a few times."""
    state.claim(BACKFILL, None, ONE)
    seen, slept = state.load(), list[float]()
    assert seen is not None

    assert watch(state, seen, slept.append) == seen
    assert sum(slept) == LASTS_SECONDS


def test_an_owner_that_stops_meanwhile_leaves_what_it_has_reached(state: BackfillState) -> None:
    """Which is then what one goes on with."""
    state.claim(BACKFILL, None, ONE)
    seen = state.load()
    assert seen is not None

    assert watch(state, seen, lambda _seconds: state.release(LATER, ONE)) == SavedBackfill(
        LATER, None
    )

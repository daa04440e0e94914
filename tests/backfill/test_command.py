"""What a backfill refuses, and what it publishes where it is not refused."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from consumer.backfill.request import BackfillRequest
from consumer.backfill.runner import BackfillRunner
from consumer.backfill.state import Backfill, Owner
from consumer.backfill.state_store import BusyError
from consumer.local.subscription import Received
from consumer.publishing.errors import PoisonError
from consumer.settings.configuration_error import ConfigurationError
from tests.backfill.account import REGION, Account, open_account
from tests.builders import SUBJECT
from tests.fakes import FakeJournal
from tests.schemas.validation import CheckedSubscription


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """With forty items."""
    monkeypatch.setenv("AWS_REGION", REGION)
    with open_account() as opened:
        yield opened


def received_by(subscription: CheckedSubscription) -> list[Received]:
    """All that has arrived."""
    received: list[Received] = []
    while more := subscription.receive(wait_seconds=0):
        received += more
    return received


@pytest.mark.parametrize("segments", [1, 3])
def test_every_item_arrives_as_a_snapshot(account: Account, segments: int) -> None:
    """Once, in messages of the usual form, and the figures say so."""
    with CheckedSubscription(account.topic_arn) as subscription:
        progress = account.run_to_its_end(segments=segments)
        received = received_by(subscription)
    entries = [entry for message in received for entry in message.entries]

    assert sorted(entry["newImage"]["id"]["S"] for entry in entries) == sorted(
        f"item-{number}" for number in range(40)
    )
    assert {entry["eventName"] for entry in entries} == {"SNAPSHOT"}
    assert {message.subject for message in received} == {SUBJECT}
    assert {message.attributes["shardId"] for message in received} == {
        progress.backfill.run.shard_id(number) for number in range(segments)
    }
    assert progress.to_json()["items"] == 40
    assert progress.to_json()["ended"] is True
    assert progress.units > 0


@pytest.mark.parametrize(("envelope", "messages"), [("cloudevents", 4), ("change", 40)])
def test_snapshots_arrive_in_the_form_that_is_set(
    account: Account, envelope: str, messages: int
) -> None:
    """That of the workers."""
    account.more["PUBLISHER_ENVELOPE"] = envelope
    with CheckedSubscription(account.topic_arn) as subscription:
        account.run_to_its_end(segments=1)
        received = received_by(subscription)

    assert {message.attributes["envelope"] for message in received} == {f"{envelope}/1"}
    assert len(received) == messages
    assert sum(len(message.entries) for message in received) == 40


def test_nothing_is_published_without_a_yes(account: Account) -> None:
    """A dry run shows what it takes, and a script that says nothing is told what to say."""
    with CheckedSubscription(account.topic_arn) as subscription:
        dry = account.call("--dry-run")
        figures = account.call("--dry-run", "--json")
        silent = account.call()
        received = received_by(subscription)

    assert (dry.exit_code, figures.exit_code, silent.exit_code) == (0, 0, 2)
    assert "about 40, each published as a SNAPSHOT" in dry.stdout
    assert json.loads(figures.stdout) | {"readUnits": 0} == {
        "table": "orders",
        "items": 40,
        "readUnits": 0,
        "messages": 4,
        "minutes": 0.0,
        "dollars": 0.0,
    }
    assert "add --yes to publish, or --dry-run" in silent.stderr
    assert (received, account.state()) == ([], [])


def test_the_plan_says_that_the_table_was_published_before(account: Account) -> None:
    """A second backfill publishes everything again."""
    first = account.run_to_its_end()

    assert f"by run {first.backfill.run.name}" in account.call("--dry-run").stdout


def test_one_after_an_ended_one_begins_anew(account: Account) -> None:
    """Under another name; an ended one can't be resumed."""
    first, second = account.run_to_its_end(), account.run_to_its_end()

    assert first.backfill.run != second.backfill.run
    assert account.refused("--resume") == [
        "--resume: no backfill of orders is unfinished; leave it away to begin one"
    ]


def test_a_table_that_isn_t_there_is_named_in_one_line(account: Account) -> None:
    """As every other mistake is, at once."""
    account.more = {"PUBLISHER_TABLE": "nothing", "PUBLISHER_CLAIM_CHECK_BUCKET": "no-such-bucket"}
    table, bucket = account.refused()

    assert table.startswith("publisher.table = 'nothing': doesn't exist")
    assert bucket.startswith(
        "publisher.claimCheckBucket = 'no-such-bucket' of account 123456789012: doesn't exist"
    )


def test_a_topic_that_isn_t_there_is_named(account: Account) -> None:
    """Before anything is read."""
    account.topic_arn += "-gone"

    assert "doesn't exist" in account.refused()[0]


@pytest.mark.parametrize("rate", ["0", "0.5", "-1", "many"])
def test_a_rate_below_one_is_refused(account: Account, rate: str) -> None:
    """It would never end."""
    assert "--read-units-per-second" in account.refused("--read-units-per-second", rate)[-1]


@pytest.mark.parametrize("segments", ["0", "65"])
def test_as_many_segments_as_can_be_kept(account: Account, segments: str) -> None:
    """Their positions are one item."""
    assert "--segments" in account.refused("--segments", segments)[-1]


def test_an_unfinished_backfill_asks_what_is_to_become_of_it(account: Account) -> None:
    """Resumed with other segments it would skip items; resumed elsewhere, half would be missing."""
    account.leave_unfinished(segments=2)
    (unfinished,) = account.refused()
    (segments,) = account.refused("--resume", "--segments", "3")

    assert "unfinished, with 0 items published; say --resume to go on, or --restart" in unfinished
    assert segments.startswith("--segments 3: the unfinished backfill has 2;")
    assert "not both" in account.refused("--resume", "--restart")[-1]
    assert len(account.run_to_its_end(BackfillRequest.RESUME).backfill.positions) == 2


def test_a_second_one_at_once_is_refused(account: Account) -> None:
    """The line names who works."""
    claimed = account.claim(segments=2)

    def interrupt(line: str) -> None:
        """The first one saves while the second one looks."""
        told.append(line)
        threading.Timer(0.1, claimed.state.save, (claimed.backfill, claimed.owner)).start()

    told: list[str] = []
    with pytest.raises(ConfigurationError, match=r"backfill of orders: backfill on .* works"):
        account.claim(BackfillRequest.RESTART, tell=interrupt)
    assert "watching for a sign of it" in told[0]


def test_an_item_that_can_t_be_published_ends_it_with_all_before_it_kept(account: Account) -> None:
    """Once it is fixed, the rest follows, from where it stood."""
    large = {"id": {"S": "large"}, "text": {"S": "x" * 300_000}}
    account.dynamodb.put_item(TableName="orders", Item=large)
    with CheckedSubscription(account.topic_arn) as subscription:
        with pytest.raises(PoisonError, match=r"the item with the key .*large.* is too large"):
            account.run_to_its_end(segments=1)
        (saved,) = account.state()
        account.dynamodb.delete_item(TableName="orders", Key={"id": {"S": "large"}})
        progress = account.run_to_its_end(BackfillRequest.RESUME)
        received = received_by(subscription)

    assert "holder" not in saved
    assert progress.backfill.items == 40
    assert sum(len(message.entries) for message in received) == 40


def test_one_that_wakes_after_another_has_ended_it_leaves_that_as_it_is(account: Account) -> None:
    """Frozen until it was taken over, ended and released, it saves nothing and can't be resumed."""
    frozen = account.claim(segments=1)
    runner = BackfillRunner(frozen, account.configuration, FakeJournal(), 1000)
    frozen.state.claim(frozen.backfill, frozen.state.load(), Owner("other", "another host"))
    frozen.state.release(ended(frozen.backfill), Owner("other", "another host"))
    before = account.state()
    with pytest.raises(BusyError):
        runner.run(lambda _progress: None)

    assert account.state() == before
    assert not runner.is_resumable


def ended(backfill: Backfill) -> Backfill:
    """The backfill once all is published."""
    positions = tuple(replace(position, is_ended=True) for position in backfill.positions)
    return replace(backfill, positions=positions)

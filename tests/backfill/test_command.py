"""What a backfill refuses, and what it publishes where it is not refused."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from consumer.backfill.claim import begin
from consumer.backfill.request import BackfillRequest
from consumer.backfill.runner import BackfillRunner, Progress
from consumer.cli import main
from consumer.local.subscription import Received, Subscription
from consumer.publishing.errors import PoisonError
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.resolve import resolve
from tests.builders import SUBJECT
from tests.fakes import FakeJournal

REGION = "eu-west-1"
STATE = "app-CoordinatorState"


@dataclass
class Town:
    """A table and a topic, in memory.

    Attributes:
        dynamodb: A client.
        topic_arn: The topic.
        more: Further settings.
    """

    dynamodb: Any
    topic_arn: str
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """The settings."""
        return {
            "PUBLISHER_TABLE": "orders",
            "PUBLISHER_TOPIC_ARN": self.topic_arn,
            "KCL_APPLICATION_NAME": "app",
            "KCL_REGION_NAME": REGION,
            **self.more,
        }

    @property
    def configuration(self) -> Configuration:
        """The same, resolved."""
        return resolve({}, self.environ)

    def refused(self, *arguments: str) -> list[str]:
        """The lines of a command that can't do what it is asked for, and changes nothing."""
        before = self.state()
        done = self.run(*arguments)
        assert (done.exit_code, done.stdout) == (2, ""), done.output
        assert self.state() == before
        return done.stderr.splitlines()

    def run(self, *arguments: str) -> Result:
        """`stream-publisher backfill`."""
        return CliRunner().invoke(main, ["backfill", *arguments], env=self.environ)

    def state(self) -> list[dict[str, Any]]:
        """What is kept of backfills."""
        if STATE not in self.dynamodb.list_tables()["TableNames"]:
            return []
        return list(self.dynamodb.scan(TableName=STATE)["Items"])

    def perform(
        self, wish: BackfillRequest = BackfillRequest.BEGIN, segments: int | None = None
    ) -> Progress:
        """A whole backfill, in this process."""
        journal, shown = FakeJournal(), list[Progress]()
        begun = begin(self.configuration, wish, segments, journal, lambda _line: None)
        BackfillRunner(begun, self.configuration, journal, 1000).run(shown.append)
        return shown[-1]

    def leave_unfinished(self, segments: int) -> None:
        """A backfill that was begun and stopped before its first item."""
        begun = begin(
            self.configuration, BackfillRequest.BEGIN, segments, FakeJournal(), lambda _line: None
        )
        begun.state.release(begun.backfill, begun.holder)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """With forty items."""
    monkeypatch.setenv("AWS_REGION", REGION)
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=REGION)
        dynamodb.create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(40):
            dynamodb.put_item(TableName="orders", Item={"id": {"S": f"item-{number}"}})
        sns = boto3.client("sns", region_name=REGION)
        yield Town(dynamodb, sns.create_topic(Name="changes")["TopicArn"])


def received_by(subscription: Subscription) -> list[Received]:
    """All that has arrived."""
    received: list[Received] = []
    while more := subscription.receive(wait_seconds=0):
        received += more
    return received


@pytest.mark.parametrize("segments", [1, 3])
def test_every_item_arrives_as_a_snapshot(town: Town, segments: int) -> None:
    """Once, in messages of the usual form, and the figures say so."""
    with Subscription(town.topic_arn) as subscription:
        progress = town.perform(segments=segments)
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


def test_one_after_an_ended_one_begins_anew(town: Town) -> None:
    """Under another name; an ended one can't be resumed."""
    first, second = town.perform(), town.perform()

    assert first.backfill.run != second.backfill.run
    assert town.refused("--resume") == [
        "--resume: no backfill of orders is unfinished; leave it away to begin one"
    ]


def test_a_table_that_isn_t_there_is_named_in_one_line(town: Town) -> None:
    """As every other mistake is, at once."""
    town.more = {"PUBLISHER_TABLE": "nothing", "PUBLISHER_CLAIM_CHECK_BUCKET": "no-such-bucket"}
    table, bucket = town.refused()

    assert table.startswith("publisher.table = 'nothing': doesn't exist")
    assert bucket.startswith("publisher.claimCheckBucket = 'no-such-bucket': doesn't exist")


def test_a_topic_that_isn_t_there_is_named(town: Town) -> None:
    """Before anything is read."""
    town.topic_arn += "-gone"

    assert "doesn't exist" in town.refused()[0]


@pytest.mark.parametrize("rate", ["0", "0.5", "-1", "many"])
def test_a_rate_below_one_is_refused(town: Town, rate: str) -> None:
    """It would never end."""
    assert "--read-units-per-second" in town.refused("--read-units-per-second", rate)[-1]


@pytest.mark.parametrize("segments", ["0", "65"])
def test_as_many_segments_as_can_be_kept(town: Town, segments: str) -> None:
    """Their positions are one item."""
    assert "--segments" in town.refused("--segments", segments)[-1]


def test_an_unfinished_backfill_asks_what_is_to_become_of_it(town: Town) -> None:
    """Resumed with other segments it would skip items; resumed elsewhere, half would be missing."""
    town.leave_unfinished(segments=2)
    (unfinished,) = town.refused()
    (segments,) = town.refused("--resume", "--segments", "3")

    assert "unfinished, with 0 items published; say --resume to go on, or --restart" in unfinished
    assert segments.startswith("--segments 3: the unfinished backfill has 2;")
    assert "not both" in town.refused("--resume", "--restart")[-1]
    assert len(town.perform(BackfillRequest.RESUME).backfill.positions) == 2


def test_a_second_one_at_once_is_refused(town: Town) -> None:
    """It is named who is at work."""
    journal = FakeJournal()
    begun = begin(town.configuration, BackfillRequest.BEGIN, 2, journal, lambda _line: None)

    def interrupt(line: str) -> None:
        """The first one saves while the second one looks."""
        told.append(line)
        threading.Timer(0.1, begun.state.save, (begun.backfill, begun.holder)).start()

    told: list[str] = []
    with pytest.raises(ConfigurationError, match=r"backfill of orders: backfill on .* is at work"):
        begin(town.configuration, BackfillRequest.RESTART, None, journal, interrupt)
    assert "watching for a sign of it" in told[0]


def test_an_item_that_can_t_be_published_ends_it_with_all_before_it_kept(town: Town) -> None:
    """Once it is mended, the rest follows, from where it stood."""
    large = {"id": {"S": "large"}, "text": {"S": "x" * 300_000}}
    town.dynamodb.put_item(TableName="orders", Item=large)
    with Subscription(town.topic_arn) as subscription:
        with pytest.raises(PoisonError, match=r"the item with the key .*large.* is too large"):
            town.perform(segments=1)
        (kept,) = town.state()
        town.dynamodb.delete_item(TableName="orders", Key={"id": {"S": "large"}})
        progress = town.perform(BackfillRequest.RESUME)
        received = received_by(subscription)

    assert "holder" not in kept
    assert progress.backfill.items == 40
    assert sum(len(message.entries) for message in received) == 40

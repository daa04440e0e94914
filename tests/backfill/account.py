"""A table and a topic in memory, and backfills of that table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from click.testing import CliRunner, Result
from moto import mock_aws

from consumer.backfill.claim import ClaimedBackfill, Surroundings, claim
from consumer.backfill.request import BackfillRequest
from consumer.backfill.runner import BackfillRunner, Progress
from consumer.cli import main
from consumer.settings.configuration import Configuration
from consumer.settings.resolve import resolve
from tests.fakes import FakeJournal

REGION = "eu-west-1"
STATE = "app-CoordinatorState"


@dataclass
class Account:
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
        """`stream-publisher backfill`, which asks nothing."""
        return self.call("--yes", *arguments)

    def call(self, *arguments: str) -> Result:
        """`stream-publisher backfill`, by somebody who can't be asked."""
        return CliRunner().invoke(main, ["backfill", *arguments], env=self.environ)

    def state(self) -> list[dict[str, Any]]:
        """What is saved of backfills."""
        if STATE not in self.dynamodb.list_tables()["TableNames"]:
            return []
        return list(self.dynamodb.scan(TableName=STATE)["Items"])

    def run_to_its_end(
        self, request: BackfillRequest = BackfillRequest.BEGIN, segments: int | None = None
    ) -> Progress:
        """A whole backfill, in this process."""
        shown = list[Progress]()
        claimed = self.claim(request, segments)
        BackfillRunner(claimed, self.configuration, FakeJournal(), 1000).run(shown.append)
        return shown[-1]

    def claim(
        self,
        request: BackfillRequest = BackfillRequest.BEGIN,
        segments: int | None = None,
        tell: Callable[[str], object] = lambda _line: None,
    ) -> ClaimedBackfill:
        """A backfill that this process owns."""
        around = Surroundings(FakeJournal(), tell)
        return claim(self.configuration, request, segments, around)

    def leave_unfinished(self, segments: int) -> None:
        """A backfill that was begun and stopped before its first item."""
        claimed = self.claim(segments=segments)
        claimed.state.release(claimed.backfill, claimed.owner)


@contextmanager
def open_account() -> Iterator[Account]:
    """With forty items."""
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
        yield Account(dynamodb, sns.create_topic(Name="changes")["TopicArn"])

"""The policies beside the main one allow what the worker does, and nothing else."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from moto import mock_aws

from consumer.backfill.table import Table
from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import Bucket
from consumer.delivery.sqs_dead_letters import Sender, SqsDeadLetters
from consumer.fleet.table_creation import create_tables
from consumer.fleet.table_forms import table_forms
from consumer.publishing.dead_letter import QUEUE_LIMIT, DeadLetter
from consumer.publishing.messages import encode_message
from consumer.settings.kcl import KclSettings
from tests.builders import FORM, a_batch
from tests.fakes import ACCOUNT, FakeJournal
from tests.places import ROOT
from tests.project.policies import IAM_NAMES, allowed
from tests.project.tables import rows

LARGE = DeadLetter("shardId-1", "7", b"x" * QUEUE_LIMIT, "is too large")


@dataclass
class Calls:
    """Notes the calls of clients, as IAM names them: action and resource."""

    made: set[tuple[str, str]] = field(default_factory=set)

    def client(self, service: Any) -> Any:  # noqa: ANN401 - boto3's clients have no common type
        """A client whose calls are noted."""
        client = boto3.client(service, region_name="us-east-1")
        client.meta.events.register(f"provide-client-params.{service}", self._note)
        return client

    def _note(self, params: dict[str, Any], model: Any, **_more: Any) -> None:  # noqa: ANN401
        action = IAM_NAMES.get(model.name, model.name)
        if "TableName" in params:
            self.made.add(
                (f"dynamodb:{action}", "arn:PARTITION:dynamodb:REGION:ACCOUNT:table/TABLE")
            )
        elif "QueueUrl" in params:
            self.made.add((f"sqs:{action}", "arn:PARTITION:sqs:REGION:ACCOUNT:QUEUE"))
        else:
            folder = f"/{params['Key'].split('/')[0]}/*" if "Key" in params else ""
            self.made.add((f"s3:{action}", f"arn:PARTITION:s3:::BUCKET{folder}"))


def use_bucket(calls: Calls) -> None:
    """What a worker does with its bucket: it looks whether it is there, and puts."""
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="large")
    files = calls.client("s3")
    files.head_bucket(Bucket="large")
    retries, journal = Retries("bucket", RetryPolicy(), FakeJournal()), FakeJournal()
    bucket = Bucket(files, "large", ACCOUNT, retries, journal)
    bucket.keep(encode_message(a_batch(1, 1), FORM))
    bucket.keep_record(LARGE, Sender("orders", "worker-1").envelope())


def use_queue(calls: Calls) -> None:
    """What a worker does with its queue: it looks whether it is there, and sends."""
    url = boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="q")["QueueUrl"]
    queues = calls.client("sqs")
    queues.get_queue_attributes(QueueUrl=url, AttributeNames=["MaximumMessageSize"])
    retries = Retries("queue", RetryPolicy(), FakeJournal())
    SqsDeadLetters(queues, url, Sender("orders", "worker-1"), retries).send(LARGE)


def use_table(calls: Calls) -> None:
    """What a backfill does beyond a worker: it scans the table."""
    boto3.client("dynamodb", region_name="us-east-1").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    retries = Retries("table", RetryPolicy(), FakeJournal())
    Table(calls.client("dynamodb"), "orders", retries).scan((0, 1), None, 1)


def test_the_options_of_the_tables_need_what_their_policy_allows() -> None:
    """Recovery of all three; tags, which belong to CreateTable, of those that can have some."""
    kcl = KclSettings(
        application_name="APPLICATION",
        lease_table_pitr_enabled=True,
        worker_metrics_point_in_time_recovery_enabled=True,
        worker_metrics_tags="team=orders",
        coordinator_state_point_in_time_recovery_enabled=True,
        coordinator_state_tags="team=orders",
    )
    made, tagged = set(), set()

    def note(params: dict[str, Any], model: Any, **_more: Any) -> None:  # noqa: ANN401
        table = f"arn:PARTITION:dynamodb:REGION:ACCOUNT:table/{params['TableName']}"
        made.add((f"dynamodb:{model.name}", table))
        if "Tags" in params:
            tagged.add(("dynamodb:TagResource", table))

    with mock_aws():
        tables = boto3.client("dynamodb", region_name="us-east-1")
        tables.meta.events.register("provide-client-params.dynamodb", note)
        create_tables(tables, table_forms(kcl))

    names = ("policy", "policy-bootstrap", "policy-table-options")
    policies = [json.loads((ROOT / "deploy" / f"{name}.json").read_text()) for name in names]
    every_day, first, options = (allowed(policy) for policy in policies)
    assert made - every_day - first == options - tagged
    assert tagged < options


def test_every_word_of_a_policy_is_explained() -> None:
    """In capitals, in docs/deploy.md."""
    files = [*(ROOT / "deploy").glob("*policy*.json")]
    used = {word for file in files for word in re.findall(r"\b[A-Z]{3,}\b", file.read_text())}
    page = (ROOT / "docs" / "deploy.md").read_text()
    told = {word for words, _ in rows(page, "Words in the policies") for word in words.split("`")}

    assert used - told == {"AWS"}  # a kind of principal
    assert len(files) >= 12


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("policy-claim-check.json", use_bucket),
        ("policy-dead-letters.json", use_queue),
        ("policy-backfill.json", use_table),
    ],
)
def test_a_policy_allows_each_call_and_no_other(name: str, use: Callable[[Calls], None]) -> None:
    """To the folder of a bucket."""
    calls = Calls()
    with mock_aws():
        use(calls)

    assert allowed(json.loads((ROOT / "deploy" / name).read_text())) == calls.made

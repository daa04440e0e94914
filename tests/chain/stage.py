"""Everything that a command or the function may want to use, and a note of what it used."""

import json
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from consumer.cli import main
from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import open_bucket
from consumer.delivery.sqs_dead_letters import Sender, SqsDeadLetters
from consumer.demo.table import TABLE
from consumer.publishing.dead_letter import QUEUE_LIMIT, DeadLetter
from consumer.sandbox.backends import REGION
from consumer.sandbox.waits import wait_for
from tests.chain.rights import Rights
from tests.chain.world import World
from tests.fakes import FakeJournal, bucket_settings, retries_of
from tests.places import ROOT

# A doctor finds that no worker is at work, and that moto can't tell of policies.
STATUS = {"doctor": {1}}


@dataclass
class Stage:
    """A topic with a queue and a bucket, and what used them."""

    world: World
    name: str
    queue_url: str
    rights: Rights

    def run(self, command: str, *arguments: str, **environ: str) -> str:
        """Run a command as an operator does; return what it prints."""
        whole = [command, *arguments]
        with self.rights.of(command):
            done = CliRunner().invoke(main, whole, env=environ, catch_exceptions=False)
        assert done.exit_code in STATUS.get(command, {0}), done.output
        return done.stdout

    def put_large_letter(self) -> None:
        """A letter whose record lies in the bucket, and is too large for the topic, too."""
        sender, journal = Sender(TABLE, "worker-1"), FakeJournal()
        letters = SqsDeadLetters(
            self.world.sandbox.client("sqs"),
            self.queue_url,
            sender,
            Retries("queue", RetryPolicy(), journal),
            open_bucket(bucket_settings(self.name, REGION), retries_of, journal),
        )
        record = large_record("7", "INSERT")
        # A worker gets the time in milliseconds.
        record["dynamodb"]["ApproximateCreationDateTime"] = 1_764_000_000_000
        data = json.dumps(record).encode()
        letters.send(DeadLetter("shardId-1", "7", data, "the topic refused it"))

    def put_large_item(self) -> None:
        """An item that is too large for the topic."""
        item = {"id": {"S": "large"}, "text": {"S": "x" * QUEUE_LIMIT}}
        self.world.sandbox.client("dynamodb").put_item(TableName=TABLE, Item=item)

    def publish_pointer(self) -> None:
        """Publish once somebody listens beside the world's subscriber."""
        # By a client from before: a new one would be noted as the command's.
        wait_for(lambda: self.world.listeners(self._sns) == 2)
        place = {"s3BucketName": self.name, "s3Key": "messages/orders/1"}
        self._sns.publish(
            TopicArn=self.world.topic_arn,
            Message=json.dumps(["Pointer", place]),
            MessageAttributes={"table": {"DataType": "String", "StringValue": "orders"}},
        )

    def __post_init__(self) -> None:
        self._sns = self.world.sandbox.client("sns")
        files = self.world.sandbox.client("s3")
        place = {"LocationConstraint": REGION}
        files.create_bucket(Bucket=self.name, CreateBucketConfiguration=place)
        body = b'[{"eventName": "INSERT"}]'
        files.put_object(Bucket=self.name, Key="messages/orders/1", Body=body)


def large_record(number: str, name: str) -> dict[str, Any]:
    """A record that neither topic nor queue takes."""
    text = (ROOT / "samples" / "insert.json").read_text()
    record = dict(json.loads(text)["Records"][0])
    image = {**record["dynamodb"]["NewImage"], "text": {"S": "x" * QUEUE_LIMIT}}
    change = {**record["dynamodb"], "NewImage": image, "SequenceNumber": number}
    return {**record, "eventName": name, "dynamodb": change}


def large_event() -> dict[str, Any]:
    """A change that is too large, and a record that is none and too large as well."""
    return {"Records": [large_record("7", "INSERT"), large_record("8", "REPLACE")]}

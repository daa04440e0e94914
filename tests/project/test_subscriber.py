"""The documents' subscribers, run as they stand: workers are killed, and so are they."""

import json
import re
import shutil
import subprocess
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from consumer.local.subscription import parse_envelope
from consumer.publishing.batches import Batch
from consumer.publishing.messages import attribute_text, data_type, encode_message
from consumer.publishing.processor import RecordsInput
from consumer.publishing.records import RawRecord, decode_record
from tests.builders import FORM, raw_records
from tests.fakes import FakeCheckpointer, FakeJournal, FakeTopic, Fuse, Killed, a_processor
from tests.places import ROOT

RECORDS = 35
_PYTHON = re.findall(r" *```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
_PAGE = (ROOT / "docs" / "subscribe.md").read_text()
_TYPESCRIPT = re.findall(r"```typescript\n(.*?)```", _PAGE, re.DOTALL)
_JSON = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", _PAGE, re.DOTALL)]
_TYPES = ("  type TransactWriteItem,\n", ": string", ": DynamoDBClient", ": Promise<void>")
_TYPES_OF_WRITE = ": (change: any) => TransactWriteItem"


def subscriber() -> Any:  # noqa: ANN401 - what the README defines
    """The function that the README shows."""
    (block,) = _PYTHON
    defined: dict[str, Any] = {}
    exec(textwrap.dedent(block), defined)  # noqa: S102 - our own document
    return defined["receive"]


@contextmanager
def tables() -> Iterator[Any]:
    """DynamoDB in memory, with the marks and the effects."""
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="eu-west-1")
        for name, key in (("seen", "eventID"), ("totals", "name")):
            dynamodb.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        yield dynamodb


def count_it(change: Mapping[str, Any]) -> dict[str, Any]:
    """An effect that shows how often it happened."""
    return {
        "Update": {
            "TableName": "totals",
            "Key": {"name": {"S": change["eventID"]}},
            "UpdateExpression": "ADD applied :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }


def applied(dynamodb: Any) -> dict[str, int]:  # noqa: ANN401 - boto3's client
    """How often each change was applied."""
    items = dynamodb.scan(TableName="totals")["Items"]
    return {item["name"]["S"]: int(item["applied"]["N"]) for item in items}


def live(topic: FakeTopic, checkpoints: FakeCheckpointer, lasts: int) -> None:
    """One life of a worker, which ends just before a checkpoint, or at the shard's end."""
    checkpointer = FakeCheckpointer(checkpoints.made)
    checkpointer.checkpoint = Fuse(lasts).before(checkpointer.checkpoint)  # type: ignore[method-assign,assignment]
    form = replace(FORM, entry_metadata=True)
    processor = a_processor(FakeTopic(topic.messages), FakeJournal(), form=form)
    begin = int(checkpoints.made[-1]) + 1 if checkpoints.made else 1
    processor.process_records(RecordsInput(raw_records(begin, RECORDS), None, 0.0), checkpointer)
    processor.shard_ended(checkpointer)


class DyingClient:
    """A client whose process is killed once, before or after one of its transactions.

    Args:
        dynamodb: The client.
        lasts: How many transactions it lives through; the next one kills it.
        is_done: Whether that one reaches DynamoDB.
    """

    def __init__(self, dynamodb: Any, lasts: int, *, is_done: bool) -> None:  # noqa: ANN401
        self.exceptions = dynamodb.exceptions
        self._write = dynamodb.transact_write_items
        self._left, self._is_done = lasts, is_done

    def transact_write_items(self, **request: Any) -> None:  # noqa: ANN401 - as boto3's
        """Write, or die."""
        self._left -= 1
        if self._left != -1 or self._is_done:
            self._write(**request)
        if self._left == -1:
            raise Killed


def deliver(topic: FakeTopic, receive: Callable[[str], object]) -> None:
    """Hand each message on until it is received: a queue keeps what nobody has deleted."""
    for message in topic.messages:
        try:
            receive(message.body)
        except Killed:
            receive(message.body)


@settings(max_examples=5)
@given(
    lives=st.lists(st.integers(0, 3), max_size=4),
    lasts=st.integers(0, RECORDS),
    is_done=st.booleans(),
)
def test_every_change_is_applied_once_whoever_is_killed(
    lives: list[int], lasts: int, *, is_done: bool
) -> None:
    """Workers between publish and checkpoint; the subscriber before and after its one step."""
    topic, checkpoints = FakeTopic(), FakeCheckpointer()
    for worker_lasts in [*lives, 1000]:
        if "SHARD_END" not in checkpoints.made:
            try:
                live(topic, checkpoints, worker_lasts)
            except Killed:
                continue
    with tables() as dynamodb:
        client = DyingClient(dynamodb, lasts, is_done=is_done)
        deliver(topic, lambda body: subscriber()(body, client, count_it))

        assert applied(dynamodb) == {f"event-{number}": 1 for number in range(1, RECORDS + 1)}


def test_there_are_repeats_to_drop() -> None:
    """Or the test above would say nothing."""
    topic, checkpoints = FakeTopic(), FakeCheckpointer()
    try:
        live(topic, checkpoints, 1)
    except Killed:
        live(topic, checkpoints, 1000)
    entries = [entry["eventID"] for message in topic.messages for entry in json.loads(message.body)]

    assert [event for event, times in Counter(entries).items() if times > 1]


def as_javascript() -> str:
    """The page's TypeScript without its types, which Node.js 20 can't read."""
    (text,) = _TYPESCRIPT
    for types in (_TYPES_OF_WRITE, *_TYPES):
        assert types in text
        text = text.replace(types, "")
    return str(text)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_the_typescript_applies_each_change_once(tmp_path: Path) -> None:
    """Killed before and after its one step; run by Node.js, with types removed.

    Its client is a stand-in with DynamoDB's answers: a transaction that is refused changes nothing.
    """
    package = tmp_path / "node_modules" / "@aws-sdk" / "client-dynamodb"
    package.mkdir(parents=True)
    for name in ("index.mjs", "package.json"):
        shutil.copy(Path(__file__).parent / "dynamodb_stand_in" / name, package)
    shutil.copy(Path(__file__).parent / "dynamodb_stand_in" / "try.mjs", tmp_path)
    (tmp_path / "receive.mjs").write_text(as_javascript())
    done = subprocess.run(
        ["node", tmp_path / "try.mjs"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "killed before": {"a": 1, "b": 1},
        "killed after": {"a": 1, "b": 1},
        "throttled": "ThrottlingError",
    }


def test_the_page_shows_a_message_as_it_is_published() -> None:
    """Raw and in SNS's envelope: what the page has of it, the message has."""
    entries, attributes, envelope, _ = _JSON
    message = encode_message(Batch((decode_record(_record_of(entries[0])),)), _form())
    written = json.loads(message.body)[0]
    received = parse_envelope(json.dumps(envelope))

    assert entries[0].items() <= written.items()
    assert received.entries == entries
    assert received.subject == message.subject
    assert {name: message.attributes[name] for name in received.attributes} == received.attributes
    assert attributes == {
        name: {"DataType": data_type(value), "StringValue": attribute_text(value)}
        for name, value in received.attributes.items()
    }


def _form() -> Any:  # noqa: ANN401 - a MessageForm
    shard_id = _JSON[1]["shardId"]["StringValue"]
    return replace(FORM, entry_metadata=True, shard_id=shard_id)


def _record_of(entry: Mapping[str, Any]) -> RawRecord:
    document = {
        "eventID": entry["eventID"],
        "eventName": entry["eventName"],
        "dynamodb": {
            "ApproximateCreationDateTime": entry["time"],
            "Keys": entry["keys"],
            "NewImage": entry["newImage"],
            "OldImage": entry["oldImage"],
            "SequenceNumber": entry["sequenceNumber"],
        },
    }
    return RawRecord(entry["sequenceNumber"], json.dumps(document).encode())

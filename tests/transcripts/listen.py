"""`listen`, while a few changes are published, and with mistakes."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import boto3
from moto import mock_aws

from consumer.delivery.sns import sns_attributes
from consumer.publishing.batches import Batch
from consumer.publishing.messages import MessageForm, encode_message
from consumer.publishing.records import RawRecord, decode_record
from consumer.sandbox.waits import wait_for
from tests.builders import FORM
from tests.transcripts.transcript import Command, Stage, Transcript

_REGION = "eu-west-1"
_OLD = {"id": {"S": "order-7"}, "amount": {"N": "10"}, "note": {"S": "alteração nº 7"}}
_NEW = {"id": {"S": "order-7"}, "amount": {"N": "12.50"}, "lines": {"L": [{"S": "x" * 40}]}}
_CHANGES: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [
    ("INSERT", {}, _OLD),
    ("MODIFY", _OLD, _NEW),
    ("REMOVE", _NEW, {}),
]


@contextmanager
def _stage() -> Iterator[Stage]:
    with mock_aws():
        sns = boto3.client("sns", region_name=_REGION)
        topic = sns.create_topic(Name="changes")["TopicArn"]
        called, end = f"stream-publisher listen {topic}", "--max-messages 1"
        with_keys = replace(FORM, entry_metadata=True)

        def soon(form: MessageForm) -> None:
            threading.Thread(target=_publish, args=(sns, topic, form)).start()

        yield Stage(
            {"AWS_REGION": _REGION},
            [
                Command(f"{called} {end}", before=lambda: soon(with_keys)),
                Command(f"{called} {end}", before=lambda: soon(FORM)),
                Command(
                    f"{called} {end} --event modify --filter 12.50", before=lambda: soon(with_keys)
                ),
                Command(f"{called} {end} --event remove --json", before=lambda: soon(with_keys)),
                Command(f"{called} --forward-to http://example.com"),
                Command("stream-publisher listen changes"),
                Command(f"{called}-gone"),
            ],
        )


def _publish(sns: Any, topic: str, form: MessageForm) -> None:  # noqa: ANN401 - boto3's client
    """Publish a message once somebody listens."""
    wait_for(lambda: bool(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]))
    records = [decode_record(_record(number, *each)) for number, each in enumerate(_CHANGES, 7)]
    message = encode_message(Batch(tuple(records)), form)
    sns.publish(
        TopicArn=topic,
        Message=message.body,
        Subject=message.subject,
        MessageAttributes=sns_attributes(message.attributes),
    )


def _record(number: int, event: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> RawRecord:
    change = {"Keys": {"id": {"S": "order-7"}}, "OldImage": old, "NewImage": new}
    when = {"SequenceNumber": str(number), "ApproximateCreationDateTime": 32_503_680_000_000}
    document = {"eventID": f"event-{number}", "eventName": event, "dynamodb": {**change, **when}}
    return RawRecord(str(number), json.dumps(document).encode())


LISTEN = Transcript("listen", "A message with three changes is published meanwhile.", _stage)

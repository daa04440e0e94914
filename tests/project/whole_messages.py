"""docs/messages.md, with a whole message of each form as the code writes it."""

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from consumer.publishing.batches import Batch
from consumer.publishing.envelope import EnvelopeName
from consumer.publishing.messages import Message, attribute_text, data_type
from consumer.publishing.records import RawRecord, decode_record
from consumer.publishing.split import split
from consumer.settings.processor import ProcessorSettings
from tests.places import ROOT

MESSAGES_PAGE = ROOT / "docs" / "messages.md"

_PLACE = "<!-- message: {} -->\n"
_END = "<!-- end of message -->"
_TOPIC = "arn:aws:sns:eu-west-1:123456789012:order-changes"
_LIMIT = 262_144


def messages_page() -> str:
    """Return the page: its text as it stands, and each message in its place."""
    page = MESSAGES_PAGE.read_text()
    for envelope in get_args(EnvelopeName):
        place = re.escape(_PLACE.format(envelope))
        whole = re.compile(f"({place}).*?(?={re.escape(_END)})", re.DOTALL)
        shown = _shown(whole_message(envelope))
        page = whole.sub(lambda found, shown=shown: found[1] + shown, page)  # type: ignore[misc]
    return page


def whole_message(envelope: EnvelopeName) -> Message:
    """Return the first message of an order's change, in this form."""
    settings = ProcessorSettings(
        table="orders",
        topic_arn=_TOPIC,
        worker_id="w",
        application="orders-publisher",
        envelope=envelope,
        entry_metadata=True,
    )
    record = decode_record(RawRecord("300000000000000001300", json.dumps(_document()).encode()))
    (chunk,) = split(
        Batch((record,)), settings.form("shardId-00000001769859000000-5f2c1a7b"), _LIMIT
    )
    return chunk.message


def _document() -> Mapping[str, Any]:
    return {
        "eventID": "5b0aa7ab1b1a8f3f6f3d2d1f1b2c3d4e",
        "eventName": "MODIFY",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_769_860_800_000,
            "Keys": {"id": {"S": "order-7"}},
            "NewImage": {"id": {"S": "order-7"}, "amount": {"N": "12.50"}},
            "OldImage": {"id": {"S": "order-7"}, "amount": {"N": "10"}},
        },
    }


def _shown(message: Message) -> str:
    """A message as raw delivery hands it to a queue, on lines of its own."""
    rows = "".join(
        f"| `{name}` | {data_type(value)} | `{attribute_text(value)}` |\n"
        for name, value in message.attributes.items()
    )
    body = json.dumps(json.loads(message.body), indent=2, ensure_ascii=False)
    return f"```json\n{body}\n```\n\n| attribute | type | value |\n| --- | --- | --- |\n{rows}"

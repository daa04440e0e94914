"""Writes samples/*.json: events as Lambda hands them over, made from a real stream.

    .venv/bin/python -m tests.function.samples

Every record comes out of ministack's stream, with another account's number in the place of its own.
One of `poison.json` is then damaged, in a way that DynamoDB never does, since a record that is too
large for a topic makes a poor sample.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from consumer.demo.changes import plan_changes
from consumer.demo.table import TABLE, create_table, write_changes
from consumer.publishing.records import Image
from consumer.sandbox.backends import Sandbox
from tests.function.stream import read_stream
from tests.places import ROOT
from tests.streams.sizes import item_size

FOLDER = ROOT / "samples"

EVERY_TYPE: Image = {
    "binary": {"B": b"\x00\xffb"},
    "binaries": {"BS": [b"1", b"22"]},
    "numbers": {"NS": ["1.50", "-3E+5"]},
    "texts": {"SS": ["a", "ç"]},
    "list": {"L": [{"S": "x"}, {"N": "12345678901234567890.5"}, {"L": []}]},
    "map": {"M": {"inner": {"B": b"in"}, "more": {"M": {"deep": {"BOOL": False}}}}},
    "yes": {"BOOL": True},
    "none": {"NULL": True},
    "nothing": {"S": ""},
}
"""An attribute of each type, as boto3 takes it."""

_ITEM: Image = {"id": {"S": "order-7"}, "amount": {"N": "10"}}


def events(records: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the name and the records of each sample."""
    single, batch = records[:4], records[4:15]
    for name, record in zip(("insert", "modify", "types", "remove"), single, strict=True):
        yield name, [record]
    yield "batch", batch
    yield "poison", [batch[0], {**batch[1], "eventName": "REPLACE"}, *batch[2:4]]


def write_changes_of_samples(dynamodb: Any) -> None:  # noqa: ANN401 - a boto3 client
    """Make each change that a sample tells of."""
    item = {**_ITEM, **EVERY_TYPE}
    for image in (_ITEM, {**_ITEM, "amount": {"N": "12.50"}}, item):
        dynamodb.put_item(TableName=TABLE, Item=image)
    dynamodb.delete_item(TableName=TABLE, Key={"id": _ITEM["id"]})
    write_changes(dynamodb, plan_changes(11), lambda _: None)


def with_size(record: dict[str, Any]) -> dict[str, Any]:
    """A record with the size that DynamoDB gives it; ministack leaves it at 0."""
    change = record["dynamodb"]
    parts = [change[name] for name in ("Keys", "NewImage", "OldImage") if name in change]
    return {**record, "dynamodb": {**change, "SizeBytes": sum(map(item_size, parts))}}


def main() -> None:
    """Write every sample."""
    with Sandbox() as sandbox:
        dynamodb = sandbox.client("dynamodb")
        create_table(dynamodb)
        write_changes_of_samples(dynamodb)
        table: Mapping[str, Any] = dynamodb.describe_table(TableName=TABLE)["Table"]
        read = read_stream(sandbox.client("dynamodbstreams"), table["LatestStreamArn"])
        records = [with_size(record) for record in read]
    FOLDER.mkdir(exist_ok=True)
    for name, chosen in events(records):
        text = json.dumps({"Records": chosen}, indent=2, ensure_ascii=False)
        text = text.replace(":000000000000:", ":123456789012:")
        (FOLDER / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

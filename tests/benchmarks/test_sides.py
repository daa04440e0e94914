"""Nobody has an easier task: all sides publish the same messages."""

import json
from dataclasses import replace

from benchmarks.sides.batches import batches, message
from consumer.delivery.sns import sns_attributes
from consumer.publishing.batches import Batch
from consumer.publishing.messages import encode_message
from consumer.publishing.records import RawRecord, decode_record
from tests.builders import FORM, a_document


def test_others_publish_what_we_publish() -> None:
    """Subject, entries and attributes."""
    names = ["INSERT", "MODIFY", "REMOVE", "INSERT"]
    documents = [a_document(number, name) for number, name in enumerate(names, 1)]
    raw = [RawRecord(str(n), json.dumps(each).encode()) for n, each in enumerate(documents, 1)]
    form = replace(FORM, shard_id="shard")
    ours = encode_message(Batch(tuple(map(decode_record, raw))), form)

    theirs = message("orders", "shard", documents)

    assert theirs["Subject"] == ours.subject
    assert json.loads(theirs["Message"]) == json.loads(ours.body)
    attributes, own = theirs["MessageAttributes"], sns_attributes(ours.attributes)
    assert json.loads(attributes.pop("eventNames")["StringValue"]) == sorted(set(names))
    assert own.pop("eventNames")["DataType"] == "String.Array"
    assert attributes == own


def test_batches_are_of_ten_and_the_rest() -> None:
    """Nothing is left out."""
    assert [len(batch) for batch in batches(range(25))] == [10, 10, 5]
    assert list(batches([])) == []

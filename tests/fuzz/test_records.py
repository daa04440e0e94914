"""Any bytes as a record, any text as a letter: a right result or an error of ours."""

from dataclasses import replace

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consumer.publishing.batches import Batch, Batcher
from consumer.publishing.dead_letter import (
    DeadLetter,
    Envelope,
    decode_dead_letter,
    encode_dead_letter,
)
from consumer.publishing.errors import PoisonError, RecordError
from consumer.publishing.messages import encode_message
from consumer.publishing.poison import DeadLetterOnPoison
from consumer.publishing.processor import RecordsInput
from consumer.publishing.records import RawRecord, decode_record
from tests.builders import FORM, a_raw_record
from tests.fakes import FakeCheckpointer, FakeDeadLetters, FakeJournal, FakeTopic, a_processor
from tests.fuzz.attempt import attempt
from tests.fuzz.strategies import RECORD_DATA

DEEP = b"[" * 100_000 + b"]" * 100_000
DEEP_IMAGE = (
    b'{"eventName":"INSERT","dynamodb":{"NewImage":{"a":'
    + b'{"M":{"a":' * 400
    + b'{"S":"x"}'
    + b"}}" * 400
    + b"}}}"
)


@given(data=RECORD_DATA, plain=st.booleans(), metadata=st.booleans())
@example(data=DEEP, plain=True, metadata=True)
@example(data=DEEP_IMAGE, plain=True, metadata=True)
def test_any_bytes_become_an_entry_or_a_record_error(
    data: bytes, *, plain: bool, metadata: bool
) -> None:
    """What can be read can be written, in every form; the rest names its place."""
    form = replace(FORM, plain_images=plain, entry_metadata=metadata)
    raw = RawRecord("7", data)
    message, refusal = attempt(
        RecordError, lambda: encode_message(Batch((decode_record(raw),)), form)
    )

    if message is None:
        assert str(refusal).startswith("record 7: ")
    else:
        (entry,) = orjson.loads(message.body)
        assert entry["eventName"] in {"INSERT", "MODIFY", "REMOVE"}


@given(spoilt=st.dictionaries(st.integers(1, 12), RECORD_DATA, max_size=4))
def test_a_bad_record_is_a_letter_and_every_other_is_published(spoilt: dict[int, bytes]) -> None:
    """Whatever the bad ones hold: none is lost, and the checkpoint ends at the last."""
    records = [
        RawRecord(str(number), spoilt.get(number, a_raw_record(number).data))
        for number in range(1, 13)
    ]
    topic, letters, checkpoints = FakeTopic(), FakeDeadLetters(), FakeCheckpointer()
    poison = DeadLetterOnPoison(letters, percent=100)
    processor = a_processor(topic, FakeJournal(), poison, batcher=Batcher(10, 0))
    processor.process_records(RecordsInput(records, None, 0.0), checkpoints)
    published = sum(len(orjson.loads(message.body)) for message in topic.messages)

    assert published + len(letters.kept) == len(records)
    assert {letter.sequence_number for letter in letters.kept} <= {str(n) for n in spoilt}
    assert checkpoints.made[-1] == "12"


@given(data=RECORD_DATA)
def test_a_record_that_stops_the_shard_is_not_passed(data: bytes) -> None:
    """No checkpoint reaches it."""
    topic, checkpoints = FakeTopic(), FakeCheckpointer()
    processor = a_processor(topic, FakeJournal(), batcher=Batcher(10, 0))
    records = [a_raw_record(1), RawRecord("2", data), a_raw_record(3)]
    delivery = RecordsInput(records, None, 0.0)
    _, refusal = attempt(PoisonError, lambda: processor.process_records(delivery, checkpoints))

    assert checkpoints.made[-1] == ("1" if refusal else "3")
    assert refusal is None or refusal.sequence_number == "2"


@given(data=RECORD_DATA)
def test_a_letter_can_be_opened_again(data: bytes) -> None:
    """Byte for byte, or as the same JSON."""
    letter = DeadLetter("shardId-1", "7", data, "reason")
    again, _ = decode_dead_letter(
        encode_dead_letter(letter, Envelope("orders", "worker-1", "2026-01-31"))
    )
    document, no_json = attempt(orjson.JSONDecodeError, lambda: orjson.loads(data))

    if no_json:
        assert again.data == data
    else:
        assert orjson.loads(again.data) == document


@given(text=st.text(max_size=100) | RECORD_DATA.map(lambda data: data.decode(errors="replace")))
def test_any_other_text_in_the_queue_is_said_to_be_no_letter(text: str) -> None:
    """Somebody else's message, or somebody's attempt to fix a letter by hand."""
    with pytest.raises(ValueError, match=r"."):
        decode_dead_letter(text)

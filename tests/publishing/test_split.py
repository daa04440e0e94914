"""Batches are cut to the size that the topic takes."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing import messages
from consumer.publishing.batches import Batch
from consumer.publishing.errors import RecordError
from consumer.publishing.messages import Message, MessageForm, encode_message
from consumer.publishing.records import ChangeRecord
from consumer.publishing.split import Chunk, split
from tests.builders import FORM, a_batch, a_record, grouped

TEXTS = st.text(alphabet=st.sampled_from('aç🎉"\\'), max_size=200)


def inserted(number: int, text: str) -> ChangeRecord:
    """A record with so much text in it."""
    return replace(a_record(number, "INSERT"), new_image={"t": {"S": text}})


def test_a_batch_that_fits_is_one_message() -> None:
    """To the byte."""
    batch = a_batch(1, 10)
    whole = encode_message(batch, FORM)

    assert list(split(batch, FORM, whole.size)) == [Chunk(batch, whole)]
    assert len(list(split(batch, FORM, whole.size - 1))) == 2


@given(st.lists(TEXTS, min_size=1, max_size=12), st.integers(300, 1500), st.booleans())
def test_parts_fit_are_full_and_keep_the_order(
    texts: list[str],
    limit: int,
    metadata: bool,  # noqa: FBT001
) -> None:
    """No part is too large, none could take the next one's first record, nothing is lost."""
    form = replace(FORM, entry_metadata=metadata)
    batch = Batch(tuple(inserted(number, text) for number, text in enumerate(texts, start=1)))
    parts = list(split(batch, form, limit + 1000))

    assert all(part.message == encode_message(part.batch, form) for part in parts)
    assert [record for part in parts for record in part.batch.records] == list(batch.records)
    assert all(part.message.size <= limit + 1000 for part in parts)
    for part, following in pairwise(parts):
        one_more = Batch((*part.batch.records, following.batch.records[0]))
        assert encode_message(one_more, form).size > limit + 1000


def test_a_record_that_is_too_large_alone_is_a_message_of_its_own() -> None:
    """Neither what comes before it nor what comes after it is with it."""
    batch = Batch((inserted(1, "a"), inserted(2, "b"), inserted(3, "x" * 5000), inserted(4, "c")))
    parts = list(split(batch, FORM, 1000))

    assert [part.batch.last_sequence_number for part in parts] == ["2", "3", "4"]
    assert [part.message.size > 1000 for part in parts] == [False, True, False]


def test_records_before_one_that_cant_be_written_come_first() -> None:
    """And it is named."""
    bad = replace(a_record(3, "INSERT"), new_image={"t": {"X": "?"}})
    batch = Batch((inserted(1, "a"), inserted(2, "b"), bad, inserted(4, "c")))
    form = replace(FORM, plain_images=True)
    parts = split(batch, form, 10_000)

    assert [record.sequence_number for record in next(parts).batch.records] == ["1", "2"]
    with pytest.raises(RecordError, match="record 3: not DynamoDB JSON"):
        next(parts)


def test_what_is_no_text_at_all_is_a_record_error() -> None:
    """A value that JSON can't carry names its record."""
    bad = replace(a_record(1, "INSERT"), new_image={"t": {"S": object()}})
    with pytest.raises(RecordError, match="record 1: not DynamoDB JSON"):
        list(split(Batch((bad,)), FORM, 10_000))


def test_the_work_of_a_cut_grows_with_the_number_of_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many messages it takes, each record is written into two of them at the most."""
    written: list[int] = []

    def assemble(batch: Batch, entries: Sequence[bytes], form: MessageForm) -> Message:
        written.append(len(entries))
        return messages.assemble(batch, entries, form)

    monkeypatch.setattr("consumer.publishing.split.assemble", assemble)
    batch = Batch(tuple(inserted(number, "x" * 1000) for number in range(1, 101)))
    chunks = list(split(batch, FORM, 2700))

    assert [len(chunk.batch.records) for chunk in chunks] == [2] * 50
    assert sum(written) <= 200


def of_items(items: str) -> Batch:
    """Records 1 and on, a change of an item each, which has one letter."""
    return Batch(
        tuple(
            replace(a_record(number), keys={"id": {"S": item}})
            for number, item in enumerate(items, start=1)
        )
    )


def numbers(chunk: Chunk) -> list[int]:
    """The sequence numbers of a message."""
    return [int(record.sequence_number) for record in chunk.batch.records]


def test_each_item_has_messages_of_its_own() -> None:
    """In the order of their first changes; full ones come from the front of the group."""
    form = replace(grouped("item"), most_changes=2)
    chunks = list(split(of_items("abacbaa"), form, 262_144))

    assert [numbers(chunk) for chunk in chunks] == [[1, 3], [2, 5], [4], [6, 7]]
    groups = [chunk.message.group_id for chunk in chunks]
    assert groups == [chunk.batch.group for chunk in chunks]
    assert groups[0] == groups[3]
    assert len(set(groups)) == 3


def test_only_the_last_message_of_all_groups_is_checkpointed() -> None:
    """Each of the others has changes after some that are not published yet."""
    chunks = list(split(of_items("abab"), grouped("item"), 262_144))

    assert [chunk.batch.checkpoint for chunk in chunks] == [None, "4"]


def test_a_group_that_is_cut_again_stays_together_and_keeps_its_checkpoint() -> None:
    """To the topic's size, or in halves."""
    form = grouped("hash:1")
    (whole,) = split(of_items("abcd"), form, 262_144)
    parts = list(split(of_items("abcd"), form, whole.message.size - 1))
    first, second = whole.batch.halves()
    again = [*split(first, form, 262_144), *split(second, form, 262_144)]

    assert [numbers(part) for part in parts] == [[1, 2, 3], [4]]
    assert [part.batch.checkpoint for part in parts] == [None, "4"]
    assert [numbers(part) for part in again] == [[1, 2], [3, 4]]
    assert [part.batch.checkpoint for part in again] == [None, "4"]
    assert {part.batch.group for part in [*parts, *again]} == {whole.batch.group}


def test_groups_before_a_record_that_cant_be_written_are_whole() -> None:
    """They can be checkpointed: what comes after it is another batch."""
    batch = of_items("aba")
    bad = replace(a_record(4), new_image={"t": {"S": "\ud800"}})
    chunks = split(Batch((*batch.records, bad)), grouped("item"), 262_144)
    taken = [next(chunks), next(chunks)]
    with pytest.raises(RecordError, match="record 4"):
        next(chunks)

    assert [numbers(chunk) for chunk in taken] == [[1, 3], [2]]
    assert taken[-1].batch.checkpoint == "3"

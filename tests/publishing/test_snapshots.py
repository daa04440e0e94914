"""Items of a table as records in the stream's form."""

import json

import pytest

from consumer.publishing.errors import RecordError
from consumer.publishing.records import RawRecord
from consumer.publishing.snapshots import NO_NUMBER, Run, decoder_of, place_of, snapshot_record
from tests.builders import a_document, a_raw_record, an_image

RUN = Run(began_at=1_700_000_000)
SHARD = RUN.shard_id(3)


def numbered(numbers: list[int], run: Run = RUN) -> list[RawRecord]:
    """Records of items, read one after the other."""
    records: list[RawRecord] = []
    for number in numbers:
        image = an_image(number)
        previous = records[-1].sequence_number if records else NO_NUMBER
        records.append(snapshot_record(run, {"id": image["id"]}, image, previous))
    return records


def event_id(raw: RawRecord) -> str:
    """What a subscriber knows the event by."""
    return decoder_of(SHARD)(raw).event_id


def test_an_item_is_a_record_with_a_new_image_only() -> None:
    """Its time is that of the run's beginning."""
    record = decoder_of(SHARD)(numbered([7])[0])

    assert (record.event_name, record.old_image) == ("SNAPSHOT", None)
    assert record.new_image == an_image(7)
    assert record.keys == {"id": {"S": "item-7"}}
    assert record.created_at_millis == 1_700_000_000_000
    assert json.loads(record.data)["dynamodb"]["SequenceNumber"] == record.sequence_number


def test_a_segment_is_named_after_its_run() -> None:
    """So that messages of two runs differ."""
    assert SHARD == "snapshot-20231114T221320Z-3"


def test_numbers_count_up() -> None:
    """As a shard's do; the place of an item can be read from its own."""
    numbers = [raw.sequence_number for raw in numbered(list(range(1, 13)))]

    assert [place_of(number) for number in numbers] == list(range(1, 13))
    assert [int(number) for number in numbers] == sorted(int(number) for number in numbers)
    assert place_of(NO_NUMBER) == 0
    assert max(len(number) for number in numbers) == 22


def test_an_item_that_is_read_again_has_its_number_again() -> None:
    """From any place on, as long as nothing has changed."""
    once = numbered([1, 2, 3, 4])
    image = an_image(3)
    again = snapshot_record(RUN, {"id": image["id"]}, image, once[1].sequence_number)

    assert again == once[2]


def test_no_number_comes_again_after_a_change_before_it() -> None:
    """Or a FIFO topic would take the message for a repeat, and drop an item with it."""
    once = {raw.sequence_number for raw in numbered([1, 2, 3, 4])}
    removed, added, moved = numbered([2, 3, 4]), numbered([9, 1, 2, 3, 4]), numbered([2, 1, 3, 4])

    for changed in (removed, added, moved):
        assert once.isdisjoint(raw.sequence_number for raw in changed)


def test_an_event_id_is_the_items_in_its_run() -> None:
    """Wherever the item stands, and not in another run."""
    first, second = numbered([1, 2])
    (alone,) = numbered([2])
    (later,) = numbered([2], Run(RUN.began_at + 1))

    assert event_id(second) == event_id(alone)
    assert len({event_id(first), event_id(second), event_id(later)}) == 3


def test_bytes_don_t_depend_on_the_order_of_attributes() -> None:
    """Two reads may give them in two orders."""
    image = {"id": {"S": "x"}, "a": {"N": "1"}}
    turned = dict(reversed(image.items()))
    keys = {"id": {"S": "x"}}

    assert snapshot_record(RUN, keys, image, "0") == snapshot_record(RUN, keys, turned, "0")


def test_a_stream_has_no_snapshots() -> None:
    """A record of a shard that says so is refused, as any other name is."""
    decode, raw = decoder_of("shardId-1"), numbered([1])[0]

    with pytest.raises(RecordError, match="'SNAPSHOT', not one of INSERT, MODIFY, REMOVE"):
        decode(raw)
    assert decode(a_raw_record(1, "INSERT")).event_name == "INSERT"


def test_a_segment_has_nothing_else() -> None:
    """What is in a dead letter of one is read back as what it was."""
    raw = RawRecord("1", json.dumps(a_document(1, "INSERT")).encode())

    with pytest.raises(RecordError, match="'INSERT', not one of SNAPSHOT"):
        decoder_of(SHARD)(raw)

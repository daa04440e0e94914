"""Records that are filtered out count as done, in their turn."""

import json
from dataclasses import replace

import pytest

from consumer.filtering.pattern import read_patterns
from consumer.filtering.selection import Selection
from consumer.publishing.errors import PoisonError
from consumer.publishing.messages import MessageForm
from consumer.publishing.poison import DeadLetterOnPoison
from consumer.publishing.processor import RecordsInput, ShardProcessor
from consumer.publishing.records import RawRecord
from tests.builders import FORM, a_raw_record
from tests.fakes import FakeCheckpointer, FakeDeadLetters, FakeJournal, FakeTopic, a_processor

INSERTS = Selection(read_patterns('{"eventName": ["INSERT"]}'))


def stay(*numbers: int) -> list[RawRecord]:
    """Records that are wanted."""
    return [a_raw_record(number, "INSERT") for number in numbers]


def go(*numbers: int) -> list[RawRecord]:
    """Records that are filtered out."""
    return [a_raw_record(number, "REMOVE") for number in numbers]


class Shard:
    """A shard of which only inserts are published."""

    def __init__(self, topic: FakeTopic | None = None, form: MessageForm = FORM) -> None:
        self.topic = topic or FakeTopic()
        self.journal, self.checkpoints = FakeJournal(), FakeCheckpointer()
        self.letters = FakeDeadLetters()
        self.processor: ShardProcessor = a_processor(
            self.topic,
            self.journal,
            DeadLetterOnPoison(self.letters, percent=100),
            form=form,
            select=INSERTS.select,
        )

    def deliver(self, *records: RawRecord, now: float = 0.0) -> None:
        """One call of the daemon."""
        ordered = sorted(records, key=lambda record: int(record.sequence_number))
        self.processor.process_records(RecordsInput(ordered, 250, now), self.checkpoints)

    @property
    def published(self) -> list[list[str]]:
        """The records' numbers in each message."""
        return [
            [entry["newImage"]["id"]["S"].removeprefix("item-") for entry in json.loads(each.body)]
            for each in self.topic.messages
        ]


def test_the_checkpoint_passes_what_is_filtered_on_a_shard_where_nothing_else_comes() -> None:
    """Once for a delivery, and without a call to SNS."""
    shard = Shard()
    shard.deliver(*go(1, 2, 3))

    assert shard.checkpoints.made == ["3"]
    assert not shard.checkpoints.is_under_way
    assert shard.topic.calls == []
    assert shard.journal.facts("records_filtered") == [{"records": 3}]


def test_no_checkpoint_passes_a_record_that_is_held() -> None:
    """What was filtered out behind it waits for it."""
    shard = Shard()
    shard.deliver(*go(1), *stay(2), *go(3, 4))
    assert shard.checkpoints.made == []

    shard.deliver(*go(5), now=0.5)
    assert shard.checkpoints.made == []

    shard.deliver(now=1)
    assert shard.published == [["2"]]
    assert shard.checkpoints.made == ["2", "5"]


def test_a_checkpoint_never_goes_back_to_what_was_filtered_out_before() -> None:
    """The record that stays covers it."""
    shard = Shard()
    shard.deliver(*go(1), *stay(2))
    shard.deliver(now=1)

    assert shard.checkpoints.made == ["2"]


def test_batches_are_full_of_what_stays_in_the_streams_order() -> None:
    """The checkpoint is that of the last record that stays; what goes before it is passed, too."""
    shard = Shard()
    shard.deliver(*stay(*range(1, 41, 2)), *go(*range(2, 42, 2)))

    assert shard.published == [
        [str(number) for number in range(1, 21, 2)],
        [str(number) for number in range(21, 41, 2)],
    ]
    assert shard.checkpoints.made == ["39", "40"]


@pytest.mark.parametrize("verb", ["shard_ended", "shutdown_requested"])
def test_the_end_publishes_what_is_held_and_passes_what_is_filtered(verb: str) -> None:
    """In that order."""
    shard = Shard()
    shard.deliver(*stay(1), *go(2))
    getattr(shard.processor, verb)(shard.checkpoints)

    assert shard.published == [["1"]]
    assert shard.checkpoints.made[:2] == ["1", "2"]


def test_a_lost_lease_leaves_what_is_filtered_to_the_next_holder() -> None:
    """It decides the same."""
    shard = Shard()
    shard.deliver(*stay(1), *go(2))
    shard.processor.lease_lost()
    shard.deliver(*go(3))

    assert shard.checkpoints.made == []
    assert ("lease_lost", {"dropped": 1}) in shard.journal.notes


def test_a_record_that_cant_be_read_is_not_filtered_out() -> None:
    """Nobody knows what is in it; what was filtered out before it is passed first."""
    shard = Shard()
    shard.deliver(*go(1), RawRecord("2", b"?"), *go(3))

    assert [letter.sequence_number for letter in shard.letters.kept] == ["2"]
    assert shard.checkpoints.made == ["1", "2", "3"]


def test_a_dead_letter_is_passed_before_what_is_filtered_behind_it() -> None:
    """The message's other records are published in between."""
    shard = Shard(FakeTopic(refused='"item-2"'))
    shard.deliver(*stay(1, 2, 3), *go(4), now=0)
    shard.deliver(now=1)

    assert [letter.sequence_number for letter in shard.letters.kept] == ["2"]
    assert shard.checkpoints.made[-1] == "4"
    assert [number for message in shard.published for number in message] == ["1", "3"]


def test_no_checkpoint_passes_a_record_that_stops_the_shard() -> None:
    """However much is filtered out behind it."""
    topic, checkpoints = FakeTopic(refused='"item-2"'), FakeCheckpointer()
    processor = a_processor(topic, FakeJournal(), select=INSERTS.select)
    processor.process_records(RecordsInput([*stay(1, 2), *go(3)], 0, 0), checkpoints)

    with pytest.raises(PoisonError, match="record 2"):
        processor.process_records(RecordsInput(go(4), 0, 1), checkpoints)
    assert checkpoints.made == ["1"]


def test_no_checkpoint_passes_the_rest_of_a_batch_of_which_a_record_cant_be_written() -> None:
    """While that record becomes a dead letter, the rest is neither held nor in flight."""
    shard = Shard(form=replace(FORM, plain_images=True))
    broken = RawRecord("1", stay(1)[0].data.replace(b'"1.10"', b'"much"'))
    shard.deliver(broken, *stay(2), *go(3))
    shard.deliver(now=1)

    assert [letter.sequence_number for letter in shard.letters.kept] == ["1"]
    assert shard.checkpoints.made == ["1", "2", "3"]

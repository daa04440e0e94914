"""The life of a shard whose changes go to a FIFO topic in groups."""

import json
from collections.abc import Sequence

import pytest

from consumer.publishing.errors import PoisonError, RetriesExhaustedError
from consumer.publishing.messages import Message
from consumer.publishing.poison import DeadLetterOnPoison, PoisonPolicy
from consumer.publishing.ports import ConcurrencyLimits, Receipt
from consumer.publishing.processor import RecordsInput
from consumer.publishing.records import RawRecord
from tests.builders import a_document, grouped
from tests.fakes import (
    Arrive,
    FakeCheckpointer,
    FakeDeadLetters,
    FakeJournal,
    FakeTopic,
    Fuse,
    Killed,
    a_processor,
)


def of_items(items: str) -> list[RawRecord]:
    """Records 1 and on, a change of an item each, which has one letter."""
    documents = [a_document(number) for number in range(1, len(items) + 1)]
    for document, item in zip(documents, items, strict=True):
        document["dynamodb"]["Keys"] = {"id": {"S": item}}
    return [
        RawRecord(document["dynamodb"]["SequenceNumber"], json.dumps(document).encode())
        for document in documents
    ]


def numbers(message: Message) -> list[int]:
    """The sequence numbers of its changes."""
    entries = json.loads(message.body)
    return [int(entry["newImage"]["id"]["S"].removeprefix("item-")) for entry in entries]


class Shard:
    """A shard whose items have groups of their own."""

    def __init__(self, poison: PoisonPolicy | None = None, grouping: str = "item") -> None:
        self.topic, self.checkpoints = (
            FakeTopic(limits=ConcurrencyLimits(2, 10)),
            FakeCheckpointer(),
        )
        self.processor = a_processor(self.topic, FakeJournal(), poison, form=grouped(grouping))

    def deliver(self, items: str) -> None:
        """One call of the daemon, after which nothing is held."""
        self.processor.process_records(RecordsInput(of_items(items), 0, 0.0), self.checkpoints)
        self.processor.shutdown_requested(self.checkpoints)

    @property
    def published(self) -> list[list[int]]:
        """The sequence numbers of each message."""
        return [numbers(message) for message in self.topic.messages]


def test_groups_are_sent_side_by_side() -> None:
    """In one call, each with its changes in order."""
    shard = Shard()
    shard.deliver("abacb")

    assert [[numbers(each) for each in call] for call in shard.topic.calls] == [
        [[1, 3], [2, 5], [4]]
    ]
    assert shard.checkpoints.made == ["5"]


def test_messages_of_a_group_are_sent_one_after_the_other() -> None:
    """Though they hold no item together: a subscriber is promised the group's order."""
    shard = Shard(grouping="hash:1")
    shard.deliver("abcdefghijkl")

    assert [len(call) for call in shard.topic.calls] == [1, 1]
    assert shard.published == [list(range(1, 11)), [11, 12]]


def test_nothing_is_checkpointed_while_another_group_has_earlier_changes() -> None:
    """The message of the first group is published, and may come again."""
    shard = Shard()
    shard.topic.refused = "item-2"
    with pytest.raises(PoisonError, match="record 2"):
        shard.deliver("abab")

    assert shard.published == [[1, 3]]
    assert shard.checkpoints.made == []


def test_a_failed_message_holds_back_only_its_group() -> None:
    """Others go on while it is retried."""
    shard = Shard()
    shard.topic.arrive = after_others(1)
    shard.deliver("abcd" + "a" * 10 + "bcd")

    assert shard.published[:3] == [[2, 15], [3, 16], [4, 17]]
    assert shard.published[3:] == [[1, 5, 6, 7, 8, 9, 10, 11, 12, 13], [14]]
    assert shard.checkpoints.made == ["17"]


def after_others(number: int) -> Arrive:
    """Let every message arrive before the one with this number."""

    def arrive(calls: Sequence[Sequence[Message]], wait: bool) -> Sequence[Message]:  # noqa: FBT001
        under_way = [message for call in calls for message in call]
        others = [message for message in under_way if number not in numbers(message)]
        return (others or under_way) if wait else ()

    return arrive


def test_a_message_that_is_given_up_becomes_letters_without_passing_another_group() -> None:
    """The checkpoint comes with the last group of those that were collected together."""
    letters = FakeDeadLetters()
    shard = Shard(DeadLetterOnPoison(letters, percent=100))
    checkpoints_at: list[list[str]] = []

    class Topic(FakeTopic):
        def publish(self, message: Message) -> Receipt:
            checkpoints_at.append(list(shard.checkpoints.made))
            if 1 in numbers(message):
                raise RetriesExhaustedError("throttled")
            return super().publish(message)

    shard.topic = Topic(limits=ConcurrencyLimits(1, 1))
    shard.processor = a_processor(
        shard.topic, FakeJournal(), DeadLetterOnPoison(letters, percent=100), form=grouped("item")
    )
    shard.deliver("abab")

    assert [letter.sequence_number for letter in letters.kept] == ["1", "3"]
    assert checkpoints_at == [[], []]
    assert shard.checkpoints.made == ["4"]


def test_letters_of_the_last_group_are_checkpointed_with_the_last_of_them() -> None:
    """Everything before is published by then."""
    shard = Shard(DeadLetterOnPoison(FakeDeadLetters(), percent=100))
    shard.topic.refused = "item-2"
    shard.deliver("abab")

    assert shard.checkpoints.made == ["4"]
    assert shard.published == [[1, 3], [4]]


@pytest.mark.parametrize("grouping", ["item", "hash:2"])
@pytest.mark.parametrize("step", range(0, 15, 3))
def test_killed_at_any_step_the_same_messages_are_sent_again(grouping: str, step: int) -> None:
    """So a FIFO topic drops each that it has already, and keeps the order of each item."""
    items, checkpoints = "abcab" * 30, FakeCheckpointer()
    sent: list[Message] = []
    for cut in (step, 1_000):
        topic = FakeTopic(sent, limits=ConcurrencyLimits(1, 2))
        topic.publish = Fuse(cut).before(topic.publish)  # type: ignore[assignment, method-assign]
        processor = a_processor(topic, FakeJournal(), form=grouped(grouping))
        position = int(checkpoints.made[-1]) if checkpoints.made else 0
        assert position in {0, 100}
        try:
            delivery = RecordsInput(of_items(items)[position:], 0, 0.0)
            processor.process_records(delivery, checkpoints)
            processor.shard_ended(checkpoints)
        except Killed:
            continue

    taken = {message.deduplication_id: numbers(message) for message in reversed(sent)}
    assert sorted(number for each in taken.values() for number in each) == list(range(1, 151))
    firsts = list(dict.fromkeys(number for message in sent for number in numbers(message)))
    for item in "abc":
        of_item = [number for number in firsts if items[number - 1] == item]
        assert of_item == sorted(of_item)

"""The promise: killed at any step and started again, nothing is lost and the order is kept."""

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from consumer.core.batches import Batcher
from consumer.core.letters import StopAtPoison
from consumer.core.messages import Message
from consumer.core.processor import Delivery, ShardProcessor
from tests.builders import FORM, raw_records
from tests.fakes import FakeCheckpointer, FakeJournal, FakeTopic, Fuse, Killed

PAGES = st.lists(st.integers(0, 25), max_size=6)


def live(pages: Sequence[int], topic: FakeTopic, checkpoints: FakeCheckpointer, fuse: Fuse) -> None:
    """One life of a worker: it begins after the last checkpoint and ends when the fuse blows."""
    publisher, checkpointer = FakeTopic(topic.messages), FakeCheckpointer(checkpoints.made)
    publisher.publish = fuse.before(publisher.publish)  # type: ignore[method-assign,assignment]
    checkpointer.checkpoint = fuse.before(checkpointer.checkpoint)  # type: ignore[method-assign,assignment]
    processor = ShardProcessor(FORM, Batcher(10, 1), publisher, FakeJournal(), StopAtPoison())
    position, total = int(checkpoints.made[-1]) if checkpoints.made else 0, sum(pages)
    for turn, page in enumerate(pages):
        last = min(position + page, total)
        records = raw_records(position + 1, last)
        processor.process_records(Delivery(records, None, float(turn)), checkpointer)
        position = last
    rest = Delivery(raw_records(position + 1, total), None, 0.0)
    processor.process_records(rest, checkpointer)
    processor.shard_ended(checkpointer)


def numbers(messages: Sequence[Message]) -> list[int]:
    """The published records' numbers, in order."""
    entries = [entry for message in messages for entry in json.loads(message.body)]
    return [int(entry["newImage"]["id"]["S"].removeprefix("item-")) for entry in entries]


@given(pages=PAGES, cuts=st.lists(st.integers(0, 12), max_size=5))
def test_killed_anywhere_and_started_again_nothing_is_lost(
    pages: list[int], cuts: list[int]
) -> None:
    """Every record is published, in order but for repeats, and no checkpoint runs ahead."""
    topic, checkpoints = FakeTopic(), FakeCheckpointer()
    for cut in cuts:
        try:
            live(pages, topic, checkpoints, Fuse(cut))
        except Killed:
            assert set(range(1, int((checkpoints.made or ["0"])[-1]) + 1)) <= set(
                numbers(topic.messages)
            )
        else:
            break
    else:
        live(pages, topic, checkpoints, Fuse(10_000))

    published = numbers(topic.messages)
    firsts = list(dict.fromkeys(published))
    assert firsts == list(range(1, sum(pages) + 1))
    assert checkpoints.made[-1] == "SHARD_END"

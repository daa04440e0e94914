"""The promise: killed at any step and started again, nothing is lost and the order is kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from consumer.core.batches import Batcher
from consumer.core.claims import FittingPublisher, place_in
from consumer.core.letters import StopAtPoison
from consumer.core.messages import Message
from consumer.core.processor import Delivery, ShardProcessor
from consumer.core.records import RawRecord
from tests.builders import FORM, a_document
from tests.fakes import FakeCheckpointer, FakeClaimCheck, FakeJournal, FakeTopic, Fuse, Killed

PAGES = st.lists(st.integers(0, 25), max_size=6)
LARGE_EVERY = 7
LIMIT = 5_000


@dataclass
class Outside:
    """What outlives a worker."""

    topic: FakeTopic = field(default_factory=lambda: FakeTopic(limit=LIMIT))
    claims: FakeClaimCheck = field(default_factory=FakeClaimCheck)
    checkpoints: FakeCheckpointer = field(default_factory=FakeCheckpointer)


def raw_records(first: int, last: int) -> list[RawRecord]:
    """Records first to last; each seventh is too large for a message."""
    return [a_raw_record(number) for number in range(first, last + 1)]


def a_raw_record(number: int) -> RawRecord:
    """One record."""
    document = a_document(number)
    size = LIMIT if number % LARGE_EVERY == 0 else 1
    document["dynamodb"]["NewImage"]["text"] = {"S": "x" * size}
    return RawRecord(str(number), json.dumps(document).encode())


def live(pages: Sequence[int], outside: Outside, fuse: Fuse) -> None:
    """One life of a worker: it begins after the last checkpoint and ends when the fuse blows."""
    checkpoints = outside.checkpoints
    topic, claims = FakeTopic(outside.topic.messages, limit=LIMIT), FakeClaimCheck()
    claims.bodies, checkpointer = outside.claims.bodies, FakeCheckpointer(checkpoints.made)
    topic.publish = fuse.before(topic.publish)  # type: ignore[method-assign,assignment]
    claims.keep = fuse.before(claims.keep)  # type: ignore[method-assign,assignment]
    checkpointer.checkpoint = fuse.before(checkpointer.checkpoint)  # type: ignore[method-assign,assignment]
    publisher = FittingPublisher(topic, claims)
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


def body_of(message: Message, bodies: dict[str, str]) -> str:
    """A message's body; a KeyError where its pointer leads nowhere."""
    place = place_in(message.body)
    return bodies[place.key] if place else message.body


def numbers(outside: Outside) -> list[int]:
    """The published records' numbers, in order."""
    bodies = [body_of(message, outside.claims.bodies) for message in outside.topic.messages]
    entries = [entry for body in bodies for entry in json.loads(body)]
    return [int(entry["newImage"]["id"]["S"].removeprefix("item-")) for entry in entries]


@given(pages=PAGES, cuts=st.lists(st.integers(0, 12), max_size=5))
def test_killed_anywhere_and_started_again_nothing_is_lost(
    pages: list[int], cuts: list[int]
) -> None:
    """Every record is published, in order but for repeats, and no checkpoint runs ahead.

    A subscriber can follow every pointer at any time.
    """
    outside = Outside()
    checkpoints = outside.checkpoints
    for cut in cuts:
        try:
            live(pages, outside, Fuse(cut))
        except Killed:
            assert set(range(1, int((checkpoints.made or ["0"])[-1]) + 1)) <= set(numbers(outside))
        else:
            break
    else:
        live(pages, outside, Fuse(10_000))

    published = numbers(outside)
    firsts = list(dict.fromkeys(published))
    assert firsts == list(range(1, sum(pages) + 1))
    assert checkpoints.made[-1] == "SHARD_END"

"""Which messages may be in flight side by side."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing.batches import Batch
from consumer.publishing.errors import BatchError
from consumer.publishing.in_flight import InFlight
from consumer.publishing.messages import Message, encode_message
from consumer.publishing.ports import ConcurrencyLimits
from consumer.publishing.split import Chunk
from tests.builders import FORM, a_record

LIMIT = 262_144
REFUSED = BatchError("the topic refuses it")


def a_chunk(number: int, items: str) -> Chunk:
    """A message with a change of each item, one letter each."""
    records = tuple(
        replace(a_record(10 * number + place), keys={"id": {"S": item}})
        for place, item in enumerate(items)
    )
    batch = Batch(records)
    return Chunk(batch, encode_message(batch, FORM))


def enqueued(queue: InFlight, *messages: str) -> list[Message]:
    """Enqueue messages, each given by its items; return them."""
    chunks = [a_chunk(number, items) for number, items in enumerate(messages, 1)]
    for chunk in chunks:
        queue.enqueue(chunk, chunk.message)
    return [chunk.message for chunk in chunks]


def test_messages_of_different_items_share_a_call() -> None:
    """In their order, and as many as one takes."""
    queue = InFlight(ConcurrencyLimits(calls=2, messages=3))
    one, two, three, four = enqueued(queue, "a", "b", "c", "d")

    assert queue.next_call(LIMIT, full=False) == [one, two, three]
    assert queue.next_call(LIMIT, full=False) == [four]
    assert queue.next_call(LIMIT, full=False) == []


def test_a_later_change_of_an_item_waits_and_lets_others_pass() -> None:
    """But none that holds an item of one that waits."""
    queue = InFlight(ConcurrencyLimits(calls=3, messages=10))
    one, two, _three, four = enqueued(queue, "a", "ab", "b", "c")

    assert queue.next_call(LIMIT, full=False) == [one, four]
    assert queue.next_call(LIMIT, full=False) == []
    queue.acknowledge(one)
    assert queue.next_call(LIMIT, full=False) == [two]


@pytest.mark.parametrize("refused", [1, 2, 3, 7])
def test_refused_messages_take_no_slot(refused: int) -> None:
    """Else a message before them would wait for ever: their turn comes after it."""
    queue = InFlight(ConcurrencyLimits(calls=1, messages=2))
    (first,) = enqueued(queue, "a")
    for number in range(2, refused + 2):
        queue.enqueue(a_chunk(number, "b"), REFUSED)

    assert queue.next_call(LIMIT, full=False) == [first]


def test_no_more_calls_are_in_flight_than_the_limit() -> None:
    """A call is in flight until each of its messages is acknowledged."""
    queue = InFlight(ConcurrencyLimits(calls=1, messages=2))
    one, two, three = enqueued(queue, "a", "b", "c")

    assert queue.next_call(LIMIT, full=False) == [one, two]
    queue.acknowledge(one)
    assert queue.pop_published() == one.attributes["lastSequenceNumber"]
    assert queue.next_call(LIMIT, full=False) == []
    queue.acknowledge(two)
    assert queue.pop_published() == two.attributes["lastSequenceNumber"]
    assert queue.next_call(LIMIT, full=False) == [three]


def test_a_call_keeps_to_the_limit() -> None:
    """The sum counts; what doesn't fit waits, and so does its item."""
    queue = InFlight(ConcurrencyLimits(calls=2, messages=10))
    one, two, three, four = enqueued(queue, "abcd", "efgh", "e", "i")

    assert queue.next_call(one.size + four.size, full=False) == [one, four]
    assert queue.next_call(two.size - 1, full=False) == [two]
    queue.acknowledge(two)
    assert queue.next_call(LIMIT, full=False) == [three]


def test_a_call_can_be_held_back_until_it_is_full() -> None:
    """More messages may come."""
    queue = InFlight(ConcurrencyLimits(calls=2, messages=3))
    enqueued(queue, "a", "b", "b")
    assert queue.next_call(LIMIT, full=True) == []

    chunk = a_chunk(4, "c")
    queue.enqueue(chunk, chunk.message)
    assert len(queue.next_call(LIMIT, full=True)) == 3


def test_what_is_published_behind_a_hole_is_not_checkpointed() -> None:
    """Nor does more leave than may come again."""
    queue = InFlight(ConcurrencyLimits(calls=2, messages=2))
    one, two, three, four, five = enqueued(queue, *"abcde")
    while queue.next_call(LIMIT, full=False):
        pass
    for message in (two, three, four):
        queue.acknowledge(message)
        assert queue.pop_published() is None
    assert queue.next_call(LIMIT, full=False) == []

    queue.acknowledge(one)
    assert queue.pop_published() == four.attributes["lastSequenceNumber"]
    assert queue.next_call(LIMIT, full=False) == [five]


def test_a_crowd_is_bounded() -> None:
    """By twice what may be in flight."""
    queue = InFlight(ConcurrencyLimits(calls=2, messages=2))
    enqueued(queue, *"abcdefg")
    assert not queue.is_crowded
    enqueued(queue, "h")
    assert queue.is_crowded


def test_a_refused_message_has_its_turn_when_nothing_else_is_in_flight() -> None:
    """What comes before it is published first; nothing behind it is sent any more."""
    queue = InFlight(ConcurrencyLimits(calls=3, messages=2))
    one, two, three, _four = enqueued(queue, "a", "b", "c", "d")
    assert queue.next_call(LIMIT, full=False) == [one, two]
    queue.refuse(two, REFUSED)
    assert queue.pop_refused() is None
    assert queue.next_call(LIMIT, full=False) == []
    queue.acknowledge(one)
    assert queue.pop_published() == one.attributes["lastSequenceNumber"]
    refused = queue.pop_refused()

    assert refused is not None
    assert (refused[0].message, refused[1]) == (two, REFUSED)
    assert three in queue.next_call(LIMIT, full=False)


def test_a_refused_message_waits_for_what_is_in_flight_behind_it() -> None:
    """Though it is the first."""
    queue = InFlight(ConcurrencyLimits(calls=3, messages=2))
    one, two = enqueued(queue, "a", "b")
    assert queue.next_call(LIMIT, full=False) == [one, two]
    queue.refuse(one, REFUSED)
    assert queue.pop_refused() is None
    queue.acknowledge(two)
    assert queue.pop_published() is None
    refused = queue.pop_refused()

    assert refused is not None
    assert refused[0].message == one
    assert queue.pop_published() == two.attributes["lastSequenceNumber"]


def test_halves_of_a_refused_message_go_first_and_alone() -> None:
    """Each of them."""
    queue = InFlight(ConcurrencyLimits(calls=3, messages=2))
    (one,) = enqueued(queue, "ab")
    queue.next_call(LIMIT, full=False)
    queue.refuse(one, REFUSED)
    assert queue.pop_refused() is not None
    halves = [a_chunk(1, "a"), a_chunk(2, "b")]
    behind = a_chunk(3, "c")
    queue.enqueue(behind, behind.message)
    queue.enqueue_first((half, half.message) for half in halves)

    for chunk in (*halves, behind):
        assert queue.next_call(LIMIT, full=False) == [chunk.message]
        assert queue.next_call(LIMIT, full=False) == []
        queue.acknowledge(chunk.message)
        assert queue.pop_published() == chunk.batch.last_sequence_number
    assert not queue


def test_what_is_refused_before_it_is_sent_has_its_turn_too() -> None:
    """Where a body can't be kept, say: what comes before it is published first."""
    queue = InFlight(ConcurrencyLimits(calls=3, messages=2))
    (one,) = enqueued(queue, "a")
    large, behind = a_chunk(2, "b"), a_chunk(3, "c")
    queue.enqueue(large, REFUSED)
    queue.enqueue(behind, behind.message)
    assert queue.next_call(LIMIT, full=False) == [one]
    assert queue.pop_refused() is None
    queue.acknowledge(one)
    queue.pop_published()
    refused = queue.pop_refused()

    assert refused is not None
    assert (refused[0].chunk, refused[1]) == (large, REFUSED)
    assert queue.next_call(LIMIT, full=False) == [behind.message]


def test_what_is_discarded_is_counted_but_for_what_is_published() -> None:
    """By records."""
    queue = InFlight(ConcurrencyLimits(calls=1, messages=3))
    _one, two, _three, _four = enqueued(queue, "ab", "c", "d", "e")
    queue.next_call(LIMIT, full=False)
    queue.acknowledge(two)

    assert queue.discard() == 4
    assert not queue
    assert queue.next_call(LIMIT, full=False) == []


class Run:
    """A queue whose messages are sent as soon as may be, and acknowledged as a test chooses.

    Args:
        limits: How much may be in flight.
        queue: The messages, each given by its items.
        pick: Chooses the next message of so many in flight.

    Attributes:
        acknowledged: Messages in the order in which the topic took them.
        checkpoints: The sequence numbers up to which the queue was published.
    """

    def __init__(
        self, limits: ConcurrencyLimits, queue: Sequence[str], pick: Callable[[int], int]
    ) -> None:
        self._limits, self._queue = limits, InFlight(limits)
        self.messages = enqueued(self._queue, *queue)
        self._items = {
            message.deduplication_id: set(items)
            for message, items in zip(self.messages, queue, strict=True)
        }
        self.acknowledged: list[Message] = []
        self.checkpoints: list[str] = []
        self._calls: list[list[Message]] = []
        while self._queue:
            self._send()
            self._acknowledge(pick)

    def _send(self) -> None:
        while call := self._queue.next_call(LIMIT, full=False):
            assert len(call) <= self._limits.messages
            self._calls.append(list(call))
        in_flight = [message for call in self._calls for message in call]
        assert len([call for call in self._calls if call]) <= self._limits.calls
        for one, other in combinations(in_flight, 2):
            assert not self.items(one) & self.items(other)

    def _acknowledge(self, pick: Callable[[int], int]) -> None:
        in_flight = [message for call in self._calls for message in call]
        message = in_flight[pick(len(in_flight))]
        for call in self._calls:
            if message in call:
                call.remove(message)
        self._queue.acknowledge(message)
        self.acknowledged.append(message)
        if last := self._queue.pop_published():
            self.checkpoints.append(last)
            index = [each.attributes["lastSequenceNumber"] for each in self.messages].index(last)
            assert all(each in self.acknowledged for each in self.messages[: index + 1])

    def items(self, message: Message) -> set[str]:
        """The items of a message."""
        return self._items[message.deduplication_id]

    def check(self) -> None:
        """All are acknowledged, those of each item in order, and the last is checkpointed."""
        assert len(self.acknowledged) == len(self.messages)
        assert self.checkpoints[-1:] == [
            m.attributes["lastSequenceNumber"] for m in self.messages[-1:]
        ]
        for one, other in combinations(self.messages, 2):
            if self.items(one) & self.items(other):
                assert self.acknowledged.index(one) < self.acknowledged.index(other)


def every_way(start: Callable[[Callable[[int], int]], Run]) -> Iterator[Run]:
    """Run once for each order of acknowledgements that can come about."""
    taken: list[int] = []
    while True:
        options: list[int] = []

        def pick(count: int, options: list[int] = options) -> int:
            options.append(count)
            if len(options) > len(taken):
                taken.append(0)
            return taken[len(options) - 1]

        yield start(pick)
        del taken[len(options) :]
        while taken and taken[-1] == options[len(taken) - 1] - 1:
            taken.pop()
        if not taken:
            return
        taken[-1] += 1


@pytest.mark.parametrize("calls", [1, 2])
@pytest.mark.parametrize("messages", [1, 2])
def test_whatever_is_acknowledged_first_no_item_is_overtaken(calls: int, messages: int) -> None:
    """Every queue of four messages of two items, in every order of acknowledgements."""
    ways = 0
    for items in product(["a", "b", "ab"], repeat=4):
        for run in every_way(lambda pick: Run(ConcurrencyLimits(calls, messages), items, pick)):  # noqa: B023
            run.check()
            ways += 1

    assert ways >= 81
    assert (ways > 81) == (calls * messages > 1)


@given(
    queue=st.lists(st.text("abcdefgh", min_size=1, max_size=3), max_size=25),
    limits=st.builds(ConcurrencyLimits, calls=st.integers(1, 4), messages=st.integers(1, 10)),
    chance=st.randoms(use_true_random=False),
)
def test_a_long_queue_keeps_the_order_of_each_item(
    queue: list[str], limits: ConcurrencyLimits, chance: Random
) -> None:
    """Whatever its items, its limits and the order of acknowledgements."""
    Run(limits, queue, chance.randrange).check()

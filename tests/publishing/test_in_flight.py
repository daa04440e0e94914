"""Which messages may be under way side by side."""

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


def a_part(number: int, items: str) -> Chunk:
    """A message with a change of each item, one letter each."""
    records = tuple(
        replace(a_record(10 * number + place), keys={"id": {"S": item}})
        for place, item in enumerate(items)
    )
    batch = Batch(records)
    return Chunk(batch, encode_message(batch, FORM))


def a_line(flights: InFlight, *messages: str) -> list[Message]:
    """Let messages stand in line, each given by its items; return them."""
    parts = [a_part(number, items) for number, items in enumerate(messages, 1)]
    for part in parts:
        flights.add(part, part.message)
    return [part.message for part in parts]


def test_messages_of_different_items_share_a_call() -> None:
    """In their order, and as many as one takes."""
    flights = InFlight(ConcurrencyLimits(calls=2, messages=3))
    one, two, three, four = a_line(flights, "a", "b", "c", "d")

    assert flights.depart(LIMIT, full=False) == [one, two, three]
    assert flights.depart(LIMIT, full=False) == [four]
    assert flights.depart(LIMIT, full=False) == []


def test_a_later_change_of_an_item_waits_and_lets_others_pass() -> None:
    """But none that holds an item of one that waits."""
    flights = InFlight(ConcurrencyLimits(calls=3, messages=10))
    one, two, _three, four = a_line(flights, "a", "ab", "b", "c")

    assert flights.depart(LIMIT, full=False) == [one, four]
    assert flights.depart(LIMIT, full=False) == []
    flights.land(one)
    assert flights.depart(LIMIT, full=False) == [two]


def test_no_more_calls_are_under_way_than_there_are_lanes() -> None:
    """A call is, until each of its messages has arrived."""
    flights = InFlight(ConcurrencyLimits(calls=1, messages=2))
    one, two, three = a_line(flights, "a", "b", "c")

    assert flights.depart(LIMIT, full=False) == [one, two]
    flights.land(one)
    assert flights.published() == one.attributes["lastSequenceNumber"]
    assert flights.depart(LIMIT, full=False) == []
    flights.land(two)
    assert flights.published() == two.attributes["lastSequenceNumber"]
    assert flights.depart(LIMIT, full=False) == [three]


def test_a_call_keeps_to_the_limit() -> None:
    """The sum counts; what doesn't fit waits, and so does its item."""
    flights = InFlight(ConcurrencyLimits(calls=2, messages=10))
    one, two, three, four = a_line(flights, "abcd", "efgh", "e", "i")

    assert flights.depart(one.size + four.size, full=False) == [one, four]
    assert flights.depart(two.size - 1, full=False) == [two]
    flights.land(two)
    assert flights.depart(LIMIT, full=False) == [three]


def test_a_call_can_be_held_back_until_it_is_full() -> None:
    """More messages may come."""
    flights = InFlight(ConcurrencyLimits(calls=2, messages=3))
    a_line(flights, "a", "b", "b")
    assert flights.depart(LIMIT, full=True) == []

    part = a_part(4, "c")
    flights.add(part, part.message)
    assert len(flights.depart(LIMIT, full=True)) == 3


def test_what_is_published_behind_a_hole_is_not_told() -> None:
    """Nor does more leave than may come again."""
    flights = InFlight(ConcurrencyLimits(calls=2, messages=2))
    one, two, three, four, five = a_line(flights, *"abcde")
    while flights.depart(LIMIT, full=False):
        pass
    for message in (two, three, four):
        flights.land(message)
        assert flights.published() is None
    assert flights.depart(LIMIT, full=False) == []

    flights.land(one)
    assert flights.published() == four.attributes["lastSequenceNumber"]
    assert flights.depart(LIMIT, full=False) == [five]


def test_a_crowd_is_bounded() -> None:
    """By twice what may be under way."""
    flights = InFlight(ConcurrencyLimits(calls=2, messages=2))
    a_line(flights, *"abcdefg")
    assert not flights.is_crowded
    a_line(flights, "h")
    assert flights.is_crowded


def test_a_refused_message_has_its_turn_when_nothing_else_is_under_way() -> None:
    """What stands before it is published first; nothing behind it leaves any more."""
    flights = InFlight(ConcurrencyLimits(calls=3, messages=2))
    one, two, three, _four = a_line(flights, "a", "b", "c", "d")
    assert flights.depart(LIMIT, full=False) == [one, two]
    flights.refuse(two, REFUSED)
    assert flights.next_refused() is None
    assert flights.depart(LIMIT, full=False) == []
    flights.land(one)
    assert flights.published() == one.attributes["lastSequenceNumber"]
    refused = flights.next_refused()

    assert refused is not None
    assert (refused.message, refused.error) == (two, REFUSED)
    assert three in flights.depart(LIMIT, full=False)


def test_a_refused_message_waits_for_what_is_under_way_behind_it() -> None:
    """Though it is first in line."""
    flights = InFlight(ConcurrencyLimits(calls=3, messages=2))
    one, two = a_line(flights, "a", "b")
    assert flights.depart(LIMIT, full=False) == [one, two]
    flights.refuse(one, REFUSED)
    assert flights.next_refused() is None
    flights.land(two)
    assert flights.published() is None
    refused = flights.next_refused()

    assert refused is not None
    assert refused.message == one
    assert flights.published() == two.attributes["lastSequenceNumber"]


def test_parts_of_a_refused_message_go_first_and_alone() -> None:
    """Each of them."""
    flights = InFlight(ConcurrencyLimits(calls=3, messages=2))
    (one,) = a_line(flights, "ab")
    flights.depart(LIMIT, full=False)
    flights.refuse(one, REFUSED)
    assert flights.next_refused() is not None
    halves = [a_part(1, "a"), a_part(2, "b")]
    behind = a_part(3, "c")
    flights.add(behind, behind.message)
    flights.put_first(halves)

    for part in (*halves, behind):
        assert flights.depart(LIMIT, full=False) == [part.message]
        assert flights.depart(LIMIT, full=False) == []
        flights.land(part.message)
        assert flights.published() == part.batch.last_sequence_number
    assert not flights


def test_what_is_discarded_is_counted_but_for_what_is_published() -> None:
    """By records."""
    flights = InFlight(ConcurrencyLimits(calls=1, messages=3))
    _one, two, _three, _four = a_line(flights, "ab", "c", "d", "e")
    flights.depart(LIMIT, full=False)
    flights.land(two)

    assert flights.discard() == 4
    assert not flights
    assert flights.depart(LIMIT, full=False) == []


class Flown:
    """A line that leaves as it may, and arrives as a test chooses.

    Attributes:
        arrived: Messages in the order in which the topic took them.
        told: The last sequence numbers that were told to be published.
    """

    def __init__(
        self, limits: ConcurrencyLimits, line: Sequence[str], pick: Callable[[int], int]
    ) -> None:
        self._lanes, self._flights = limits, InFlight(limits)
        self.messages = a_line(self._flights, *line)
        self._items = {
            message.deduplication_id: set(items)
            for message, items in zip(self.messages, line, strict=True)
        }
        self.arrived: list[Message] = []
        self.told: list[str] = []
        self._calls: list[list[Message]] = []
        while self._flights:
            self._depart()
            self._arrive(pick)

    def _depart(self) -> None:
        while call := self._flights.depart(LIMIT, full=False):
            assert len(call) <= self._lanes.messages
            self._calls.append(list(call))
        under_way = [message for call in self._calls for message in call]
        assert len([call for call in self._calls if call]) <= self._lanes.calls
        for one, other in combinations(under_way, 2):
            assert not self.items(one) & self.items(other)

    def _arrive(self, pick: Callable[[int], int]) -> None:
        under_way = [message for call in self._calls for message in call]
        message = under_way[pick(len(under_way))]
        for call in self._calls:
            if message in call:
                call.remove(message)
        self._flights.land(message)
        self.arrived.append(message)
        if told := self._flights.published():
            self.told.append(told)
            place = [each.attributes["lastSequenceNumber"] for each in self.messages].index(told)
            assert all(each in self.arrived for each in self.messages[: place + 1])

    def items(self, message: Message) -> set[str]:
        """The items of a message."""
        return self._items[message.deduplication_id]

    def check(self) -> None:
        """All arrived, those of each item in order, and the last was told."""
        assert len(self.arrived) == len(self.messages)
        assert self.told[-1:] == [m.attributes["lastSequenceNumber"] for m in self.messages[-1:]]
        for one, other in combinations(self.messages, 2):
            if self.items(one) & self.items(other):
                assert self.arrived.index(one) < self.arrived.index(other)


def every_way(fly: Callable[[Callable[[int], int]], Flown]) -> Iterator[Flown]:
    """Fly once for each order of arrival that can come about."""
    taken: list[int] = []
    while True:
        options: list[int] = []

        def pick(count: int, options: list[int] = options) -> int:
            options.append(count)
            if len(options) > len(taken):
                taken.append(0)
            return taken[len(options) - 1]

        yield fly(pick)
        del taken[len(options) :]
        while taken and taken[-1] == options[len(taken) - 1] - 1:
            taken.pop()
        if not taken:
            return
        taken[-1] += 1


@pytest.mark.parametrize("calls", [1, 2])
@pytest.mark.parametrize("messages", [1, 2])
def test_whatever_arrives_when_no_item_is_overtaken(calls: int, messages: int) -> None:
    """Every line of four messages of two items, in every order in which they can arrive."""
    ways = 0
    for line in product(["a", "b", "ab"], repeat=4):
        for flown in every_way(lambda pick: Flown(ConcurrencyLimits(calls, messages), line, pick)):  # noqa: B023
            flown.check()
            ways += 1

    assert ways >= 81
    assert (ways > 81) == (calls * messages > 1)


@given(
    line=st.lists(st.text("abcdefgh", min_size=1, max_size=3), max_size=25),
    limits=st.builds(ConcurrencyLimits, calls=st.integers(1, 4), messages=st.integers(1, 10)),
    chance=st.randoms(use_true_random=False),
)
def test_a_long_line_arrives_in_the_order_of_each_item(
    line: list[str], limits: ConcurrencyLimits, chance: Random
) -> None:
    """Whatever its items, its limits and the order of arrival."""
    Flown(limits, line, chance.randrange).check()

"""Which messages of a shard may be under way side by side, and how far it is published.

Two messages that hold changes of the same item are never under way together, neither in two calls
nor in one: the first could fail, and be sent again behind the second.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from consumer.publishing.batches import Batch
from consumer.publishing.errors import PublishError
from consumer.publishing.messages import Message
from consumer.publishing.ports import ConcurrencyLimits
from consumer.publishing.records import ChangeRecord
from consumer.publishing.split import Chunk


class MessageState(Enum):
    """Where a flight is."""

    WAITING = auto()
    FLYING = auto()
    LANDED = auto()
    REFUSED = auto()


@dataclass(slots=True, eq=False)
class PendingMessage:
    """A message on its way, from the moment it is written until all before it is published too.

    Attributes:
        part: The records, and their message.
        message: What is sent: the part's message, or a pointer to it.
        items: The items that it holds changes of; none once it is published.
        alone: Whether nothing else may be under way with it, nor overtake it.
        error: Why it is refused; None as long as it isn't.
        state: Where it is.
        call: The number of its call, once it is under way.
    """

    part: Chunk
    message: Message
    items: frozenset[bytes]
    alone: bool = False
    error: PublishError | None = None
    state: MessageState = MessageState.WAITING
    call: int = 0

    @property
    def batch(self) -> Batch:
        """The records."""
        return self.part.batch


class InFlight:
    """The messages of one shard that are not published yet, or that wait for one before them.

    Args:
        limits: How much the topic takes side by side.
    """

    def __init__(self, limits: ConcurrencyLimits) -> None:
        self._lanes = limits
        self._line: deque[PendingMessage] = deque()
        self._flying: dict[str, PendingMessage] = {}
        self._calls = 0

    def __len__(self) -> int:
        return len(self._line)

    @property
    def oldest(self) -> ChangeRecord | None:
        """The first record in line."""
        return self._line[0].batch.records[0] if self._line else None

    @property
    def is_crowded(self) -> bool:
        """Whether no more should be added before something has landed: it bounds the memory."""
        return len(self._line) >= 2 * self._lanes.calls * self._lanes.messages

    def add(self, part: Chunk, message: Message) -> None:
        """Let a message stand last in line.

        Args:
            part: The next records of the shard.
            message: What is sent of them.
        """
        self._line.append(_flight(part, message))

    def put_first(self, parts: Iterable[Chunk]) -> None:
        """Let messages stand first in line; each will be under way alone."""
        flights = [_flight(part, part.message, alone=True) for part in parts]
        self._line.extendleft(reversed(flights))

    def depart(self, limit: int, *, full: bool) -> Sequence[Message]:
        """Return the messages of the next call, which are under way from now on.

        They are the first in line that hold no item which another before them holds that is under
        way or waits. There are none while every lane is taken, and none past a message that is
        refused. What a kill makes come again is bounded, too: no more leave than the limits hold,
        those included that are published behind one that is not.

        Args:
            limit: The most bytes of a call.
            full: Whether a call must have as many messages as one can have.
        """
        call = self._next_call(limit) if self._has_free_lane else []
        if full and len(call) < self._lanes.messages:
            return []
        self._calls += 1
        for flight in call:
            flight.state, flight.call = MessageState.FLYING, self._calls
            self._flying[flight.message.deduplication_id] = flight
        return [flight.message for flight in call]

    def land(self, message: Message) -> PendingMessage:
        """Learn that the topic has taken a message; return its flight."""
        flight = self._arrived(message, MessageState.LANDED)
        flight.items = frozenset()
        return flight

    def refuse(self, message: Message, error: PublishError) -> None:
        """Learn that a message can't be published as it is. Its turn comes in `next_refused`."""
        self._arrived(message, MessageState.REFUSED).error = error

    def published(self) -> str | None:
        """Forget what is published from the front of the line, up to the first that is not.

        Returns:
            The last sequence number of what was forgotten: what to checkpoint. None where the
            first in line is not published.
        """
        last = None
        while self._line and self._line[0].state is MessageState.LANDED:
            last = self._line.popleft().batch.last_sequence_number
        return last

    def next_refused(self) -> PendingMessage | None:
        """Forget and return a refused message, once it is first in line and none is under way."""
        if self._flying or not self._line or self._line[0].error is None:
            return None
        return self._line.popleft()

    def discard(self) -> int:
        """Forget everything; return how many records of it were not published."""
        dropped = sum(
            len(flight.batch.records)
            for flight in self._line
            if flight.state is not MessageState.LANDED
        )
        self._line.clear()
        self._flying.clear()
        return dropped

    def _arrived(self, message: Message, state: MessageState) -> PendingMessage:
        flight = self._flying.pop(message.deduplication_id)
        flight.state = state
        return flight

    @property
    def _has_free_lane(self) -> bool:
        return len({flight.call for flight in self._flying.values()}) < self._lanes.calls

    @property
    def _free_seats(self) -> int:
        """How many messages may leave; never none where the first in line waits."""
        left = sum(flight.state is not MessageState.WAITING for flight in self._line)
        return min(self._lanes.messages, self._lanes.calls * self._lanes.messages - left)

    def _next_call(self, limit: int) -> list[PendingMessage]:
        call: list[PendingMessage] = []
        held: set[bytes] = set()
        room, seats = limit, self._free_seats
        for flight in self._before_the_barrier():
            if len(call) == seats:
                break
            is_free = flight.state is MessageState.WAITING and held.isdisjoint(flight.items)
            # One that is larger than the limit is the topic's to refuse.
            if is_free and (not call or flight.message.size <= room):
                call.append(flight)
                room -= flight.message.size
            held |= flight.items
        return call

    def _before_the_barrier(self) -> Iterator[PendingMessage]:
        """What may go as far as the line's order is concerned; what goes alone stands first."""
        for flight in self._line:
            if flight.error:
                return
            yield flight
            if flight.alone:
                return


def _flight(part: Chunk, message: Message, *, alone: bool = False) -> PendingMessage:
    items = frozenset(record.item for record in part.batch.records)
    return PendingMessage(part, message, items, alone)

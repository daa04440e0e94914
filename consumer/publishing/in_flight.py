"""Which messages of a shard may be sent side by side, and how far the shard is published.

Two messages with changes of the same item are never in flight together, neither in two calls nor
in one. If the first failed, it would be sent again after the second. The same holds for two
messages of one message group.
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
    """How far a message has come."""

    WAITING = auto()
    SENT = auto()
    ACKNOWLEDGED = auto()
    REFUSED = auto()


@dataclass(slots=True, eq=False)
class PendingMessage:
    """A message in the queue: from when it is written until it and all before it are published.

    Attributes:
        chunk: The records, and their message.
        message: What is sent: the chunk's message, or a pointer to its body.
        items: The items whose changes it holds, or its message group; none once it is published.
        alone: Whether nothing else may be in flight beside it, or overtake it.
        error: Why it is refused; None as long as it isn't.
        state: How far it has come.
        call: The number of its call, from 1 on; 0 until it is sent.
    """

    chunk: Chunk
    message: Message
    items: frozenset[bytes]
    alone: bool = False
    error: PublishError | None = None
    state: MessageState = MessageState.WAITING
    call: int = 0

    @property
    def batch(self) -> Batch:
        """The records."""
        return self.chunk.batch

    @property
    def was_sent_whole(self) -> bool:
        """Whether it was sent as it is, rather than as a pointer to its body."""
        return self.call > 0 and self.message is self.chunk.message


class InFlight:
    """The queue of a shard's messages that are not published, or follow one that is not.

    Args:
        limits: How much may be in flight.
    """

    def __init__(self, limits: ConcurrencyLimits) -> None:
        self._limits = limits
        self._queue: deque[PendingMessage] = deque()
        self._sent: dict[str, PendingMessage] = {}
        self._calls = 0

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def oldest(self) -> ChangeRecord | None:
        """The first record in the queue."""
        return self._queue[0].batch.records[0] if self._queue else None

    @property
    def is_crowded(self) -> bool:
        """Whether the queue must get shorter before anything is added: this bounds the memory."""
        return len(self._queue) >= 2 * self._most_in_flight

    def enqueue(self, chunk: Chunk, fitted: Message | PublishError) -> None:
        """Add a message at the end of the queue.

        Args:
            chunk: The next records of the shard.
            fitted: What is sent of them; or why nothing is, so that their turn comes in
                `pop_refused`.
        """
        self._queue.append(_pending(chunk, fitted))

    def enqueue_first(self, chunks: Iterable[tuple[Chunk, Message | PublishError]]) -> None:
        """Add messages at the front of the queue; each is sent alone."""
        pending = [_pending(chunk, fitted, alone=True) for chunk, fitted in chunks]
        self._queue.extendleft(reversed(pending))

    def next_call(self, limit: int, *, full: bool) -> Sequence[Message]:
        """Return the messages of the next call; they are in flight from now on.

        The call takes messages from the front of the queue. It leaves out a message with an item
        that a message before it holds, sent or waiting. It is empty while the limit of calls is
        reached, and takes nothing behind a refused message.

        A message that is published behind an unpublished one still occupies its slot. This bounds
        the duplicates after a kill.

        Args:
            limit: The most bytes of a call.
            full: Whether the call must have as many messages as a call can have.
        """
        call = self._choose(limit) if self._may_call else []
        if full and len(call) < self._limits.messages:
            return []
        self._calls += 1
        for pending in call:
            pending.state, pending.call = MessageState.SENT, self._calls
            self._sent[pending.message.deduplication_id] = pending
        return [pending.message for pending in call]

    def acknowledge(self, message: Message) -> PendingMessage:
        """Learn that the topic has taken a message; return its place in the queue."""
        pending = self._answered(message, MessageState.ACKNOWLEDGED)
        pending.items = frozenset()
        return pending

    def refuse(self, message: Message, error: PublishError) -> None:
        """Learn that a message can't be published as it is. Its turn comes in `pop_refused`."""
        self._answered(message, MessageState.REFUSED).error = error

    def pop_published(self) -> str | None:
        """Remove what is published from the front of the queue, up to the first that is not.

        Returns:
            What to checkpoint: the sequence number up to which all is published. None where the
            first message is not, or later messages hold earlier records.
        """
        last = None
        while self._queue and self._queue[0].state is MessageState.ACKNOWLEDGED:
            last = self._queue.popleft().batch.checkpoint or last
        return last

    def pop_refused(self) -> tuple[PendingMessage, PublishError] | None:
        """Remove a refused message once it is the first and none is in flight; return its error."""
        first = self._queue[0] if self._queue else None
        if self._sent or first is None or first.error is None:
            return None
        self._queue.popleft()
        return first, first.error

    def discard(self) -> int:
        """Empty the queue; return how many of its records were not published."""
        dropped = sum(
            len(pending.batch.records)
            for pending in self._queue
            if pending.state is not MessageState.ACKNOWLEDGED
        )
        self._queue.clear()
        self._sent.clear()
        return dropped

    def _answered(self, message: Message, state: MessageState) -> PendingMessage:
        pending = self._sent.pop(message.deduplication_id)
        pending.state = state
        return pending

    @property
    def _may_call(self) -> bool:
        return len({pending.call for pending in self._sent.values()}) < self._limits.calls

    @property
    def _most_in_flight(self) -> int:
        return self._limits.calls * self._limits.messages

    @property
    def _free_slots(self) -> int:
        """How many messages the next call may have; never 0 where the first message waits.

        Only what was sent can come again after a kill: a refused message takes no slot.
        """
        was_sent = (MessageState.SENT, MessageState.ACKNOWLEDGED)
        occupied = sum(pending.state in was_sent for pending in self._queue)
        return min(self._limits.messages, self._most_in_flight - occupied)

    def _choose(self, limit: int) -> list[PendingMessage]:
        call: list[PendingMessage] = []
        held: set[bytes] = set()
        bytes_left, slots = limit, self._free_slots
        for pending in self._candidates():
            if len(call) == slots:
                break
            is_free = pending.state is MessageState.WAITING and held.isdisjoint(pending.items)
            # A message that is larger than the limit is for the topic to refuse.
            if is_free and (not call or pending.message.size <= bytes_left):
                call.append(pending)
                bytes_left -= pending.message.size
            held |= pending.items
        return call

    def _candidates(self) -> Iterator[PendingMessage]:
        """Yield the queue up to a refused message, or up to one that is sent alone."""
        for pending in self._queue:
            if pending.error:
                return
            yield pending
            if pending.alone:
                return


def _pending(
    chunk: Chunk, fitted: Message | PublishError, *, alone: bool = False
) -> PendingMessage:
    items = _kept_in_order(chunk.batch)
    if isinstance(fitted, Message):
        return PendingMessage(chunk, fitted, items, alone)
    return PendingMessage(chunk, chunk.message, items, alone, fitted, MessageState.REFUSED)


def _kept_in_order(batch: Batch) -> frozenset[bytes]:
    """Return what no other message in flight may share: its message group, or else its items."""
    if batch.group is not None:
        return frozenset((batch.group.encode(),))
    return frozenset(record.item for record in batch.records)

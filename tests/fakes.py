"""Written stand-ins for the core's ports; tests/contracts holds each to what the real one does."""

from collections.abc import Callable
from dataclasses import dataclass, field

from consumer.core.errors import LeaseLostError, PublishError
from consumer.core.events import EVENTS, EventKey
from consumer.core.messages import Message
from consumer.core.ports import Fact, Receipt


class Killed(BaseException):
    """The process ended here, as by kill -9: nothing after this point happens."""


@dataclass
class FakeTopic:
    """A publisher that keeps what it took.

    Attributes:
        messages: What was published, in order.
        refuses: Whether it refuses everything for good.
    """

    messages: list[Message] = field(default_factory=list)
    refuses: bool = False

    def publish(self, message: Message) -> Receipt:
        """Keep the message."""
        if self.refuses:
            raise PublishError("the topic refuses")
        self.messages.append(message)
        return Receipt(f"message-{len(self.messages)}", attempts=1, seconds=0.25)


@dataclass
class FakeCheckpointer:
    """A checkpointer that keeps what was checkpointed.

    Attributes:
        made: Sequence numbers in order; `SHARD_END` for the shard's end.
        lease_is_lost: Whether the shard is held by another worker.
    """

    made: list[str] = field(default_factory=list)
    lease_is_lost: bool = False

    def checkpoint(self, sequence_number: str) -> None:
        """Keep the checkpoint."""
        if self.lease_is_lost:
            raise LeaseLostError("the lease moved")
        self.made.append(sequence_number)

    def checkpoint_shard_end(self) -> None:
        """Keep the shard's end."""
        self.checkpoint("SHARD_END")


@dataclass
class FakeJournal:
    """A journal that keeps what was noted.

    Attributes:
        notes: Event and facts, in order.
    """

    notes: list[tuple[EventKey, dict[str, Fact]]] = field(default_factory=list)

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Keep the event; its sentence must be tellable from its facts."""
        EVENTS[event].message.format_map(facts)
        self.notes.append((event, facts))

    @property
    def events(self) -> list[EventKey]:
        """The names of what was noted, in order."""
        return [event for event, _ in self.notes]


@dataclass
class Fuse:
    """Ends the process at the n-th call of anything that it guards.

    Attributes:
        remaining: Calls until then.
    """

    remaining: int

    def before(self, call: Callable[..., object]) -> Callable[..., object]:
        """Wrap a call: the process may end just before it."""

        def guarded(*arguments: object) -> object:
            if self.remaining == 0:
                raise Killed
            self.remaining -= 1
            return call(*arguments)

        return guarded

"""Written stand-ins for the core's ports; tests/contracts holds each to what the real one does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from consumer.delivery.retries import CallLimits, Clocks, Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.sns import SnsPublisher
from consumer.filtering.selection import Selection
from consumer.publishing.batches import Batcher
from consumer.publishing.claim_check import claim_key, pointer_to
from consumer.publishing.dead_letter import DeadLetter
from consumer.publishing.errors import BatchError, LeaseLostError, PublishError
from consumer.publishing.events import EVENTS, EventKey
from consumer.publishing.messages import Message, MessageForm
from consumer.publishing.poison import PoisonPolicy, StopOnPoison
from consumer.publishing.ports import (
    ClaimCheck,
    ConcurrencyLimits,
    Fact,
    Journal,
    Publisher,
    PublishOutcome,
    Receipt,
)
from consumer.publishing.processor import ShardProcessor
from consumer.publishing.records import decode_record
from consumer.publishing.s3_location import S3Location
from consumer.publishing.shard import Decode, Destinations, Select, Shard
from consumer.settings.publisher import PublisherSettings
from tests.builders import FORM


class Killed(BaseException):
    """The process ended here, as by kill -9: nothing after this point happens."""


LIMITS = ConcurrencyLimits(calls=4, messages=10)
"""Those of a standard topic, at defaults."""

Arrive = Callable[[Sequence[Sequence[Message]], bool], Sequence[Message]]
"""Says which messages of the calls under way have their outcomes next, if one waits or if not."""


def first_call(under_way: Sequence[Sequence[Message]], wait: bool) -> Sequence[Message]:  # noqa: FBT001
    """Calls end in the order in which they began, when somebody waits."""
    return under_way[0] if wait else ()


@dataclass
class FakeTopic:
    """A publisher that keeps what it took; a call's messages when their outcome is told.

    Attributes:
        messages: What was published, in order.
        fails: What it raises instead of taking any message.
        limit: The most bytes of a message.
        refused: Messages with this text in them are refused.
        limits: How much may be in flight.
        arrive: Which messages have their outcomes next.
        calls: The messages of each call that was begun.
    """

    messages: list[Message] = field(default_factory=list)
    fails: PublishError | None = None
    limit: int = 262_144
    refused: str | None = None
    limits: ConcurrencyLimits = LIMITS
    arrive: Arrive = first_call
    calls: list[list[Message]] = field(default_factory=list)
    under_way: list[list[Message]] = field(default_factory=list)

    def largest_message(self) -> int:
        """The limit."""
        return self.limit

    def publish(self, message: Message) -> Receipt:
        """Keep the message."""
        if self.fails:
            raise self.fails
        if message.size > self.limit:
            raise BatchError("too long")
        if self.refused is not None and self.refused in message.body:
            raise BatchError("the topic refuses it")
        self.messages.append(message)
        return Receipt(f"message-{len(self.messages)}", attempts=1, seconds=0.25)

    def begin(self, messages: Sequence[Message]) -> None:
        """Let a call be under way."""
        assert len(self.under_way) < self.limits.calls
        assert 0 < len(messages) <= self.limits.messages
        assert len(messages) == 1 or sum(message.size for message in messages) <= self.limit
        self.calls.append(list(messages))
        self.under_way.append(list(messages))

    def finished(self, *, wait: bool) -> Sequence[PublishOutcome]:
        """Let some messages arrive."""
        arriving = self.arrive(self.under_way, wait) if self.under_way else ()
        return [self._outcome(message) for message in list(arriving)]

    def cancel(self) -> Sequence[PublishOutcome]:
        """Let all arrive that are sent."""
        return [self._outcome(message) for call in list(self.under_way) for message in list(call)]

    def _outcome(self, message: Message) -> PublishOutcome:
        for call in self.under_way:
            if message in call:
                call.remove(message)
        self.under_way = [call for call in self.under_way if call]
        try:
            return PublishOutcome(message, self.publish(message))
        except PublishError as error:
            return PublishOutcome(message, error)


ALL = Selection()
"""Every change is published, with all of it."""


def a_processor(  # noqa: PLR0913 - a test names what it needs
    topic: Publisher,
    journal: Journal,
    poison: PoisonPolicy | None = None,
    *,
    claim_check: ClaimCheck | None = None,
    form: MessageForm = FORM,
    batcher: Batcher | None = None,
    decode: Decode = decode_record,
    select: Select = ALL.select,
) -> ShardProcessor:
    """A shard's processor: batches of ten that wait for a second, no bucket, stops on poison."""
    destinations = Destinations(topic, claim_check, poison or StopOnPoison(), journal)
    collected = form.grouping.collected(10) if form.grouping else 10
    batcher = Batcher(collected, 1) if batcher is None else batcher
    return ShardProcessor(Shard(form, decode, batcher, destinations, select))


@dataclass
class FakeCheckpointer:
    """A checkpointer that keeps what was checkpointed, each only when the next call comes.

    Attributes:
        made: Sequence numbers in order; `SHARD_END` for the shard's end.
        lease_is_lost: Whether the shard is held by another worker.
    """

    made: list[str] = field(default_factory=list)
    lease_is_lost: bool = False
    _under_way: list[str] = field(default_factory=list)

    def checkpoint(self, sequence_number: str) -> None:
        """Keep the checkpoint before; this one is under way."""
        self.wait_until_made()
        self._under_way.append(sequence_number)

    @property
    def is_under_way(self) -> bool:
        """Whether a checkpoint is."""
        return bool(self._under_way)

    def wait_until_made(self) -> None:
        """Keep the checkpoint that is under way."""
        while self._under_way:
            if self.lease_is_lost:
                raise LeaseLostError("the lease moved")
            self.made.append(self._under_way.pop())

    def checkpoint_shard_end(self) -> None:
        """Keep the shard's end."""
        self.checkpoint("SHARD_END")
        self.wait_until_made()


@dataclass
class FakeJournal:
    """A journal that keeps what was noted.

    Attributes:
        notes: Event and facts, in order; those left out that are for debugging.
        heard: The same of all.
    """

    notes: list[tuple[EventKey, dict[str, Fact]]] = field(default_factory=list)
    heard: list[tuple[EventKey, dict[str, Fact]]] = field(default_factory=list)

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Keep the event; its sentence must be tellable from its facts."""
        EVENTS[event].message.format_map(facts)
        self.heard.append((event, facts))
        if EVENTS[event].level != "DEBUG":
            self.notes.append((event, facts))

    @property
    def events(self) -> list[EventKey]:
        """The names of what was noted, in order."""
        return [event for event, _ in self.notes]

    def facts(self, event: EventKey) -> list[dict[str, Fact]]:
        """The facts of each time that an event was noted."""
        return [facts for heard, facts in self.heard if heard == event]


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


def a_publisher(  # noqa: PLR0913 - what a test may want otherwise
    client: Any,  # noqa: ANN401 - a boto3 client or a double of one
    topic_arn: str,
    policy: RetryPolicy | None = None,
    journal: FakeJournal | None = None,
    *,
    limits: CallLimits | None = None,
    clocks: Clocks | None = None,
) -> SnsPublisher:
    """A real publisher."""
    retries = Retries(
        f"topic {topic_arn}",
        policy or RetryPolicy(),
        journal or FakeJournal(),
        limits or CallLimits(),
        clocks or Clocks(),
    )
    return SnsPublisher(client, topic_arn, retries, LIMITS.calls)


ACCOUNT = "123456789012"
"""Who owns everything in moto."""


def bucket_settings(name: str | None, region: str = "eu-west-1") -> PublisherSettings:
    """Settings with this bucket."""
    topic_arn = f"arn:aws:sns:{region}:{ACCOUNT}:changes"
    return PublisherSettings(topic_arn=topic_arn, claim_check_bucket=name)


def retries_of(thing: str) -> Retries:
    """Retries without an end, told to nobody."""
    return Retries(thing, RetryPolicy(), FakeJournal())


NO_WAITS = Clocks(sleep=lambda _seconds: None)
"""The time as it is, but no wait between attempts."""


@dataclass
class FakeClaimCheck:
    """A bucket that keeps what it took.

    Attributes:
        bodies: What lies in it, by key.
        fails: What it raises instead of keeping anything.
    """

    bodies: dict[str, str] = field(default_factory=dict)
    fails: PublishError | None = None

    def keep(self, message: Message) -> Message:
        """Keep the body."""
        if self.fails:
            raise self.fails
        self.bodies[claim_key(message)] = message.body
        return pointer_to(message, S3Location("large-changes", claim_key(message)))


@dataclass
class FakeDeadLetters:
    """A dead-letter queue that keeps what it took.

    Attributes:
        kept: The dead letters, in order.
        fails: What it raises instead of keeping any.
    """

    kept: list[DeadLetter] = field(default_factory=list)
    fails: PublishError | None = None

    def send(self, dead_letter: DeadLetter) -> None:
        """Keep the dead letter."""
        if self.fails:
            raise self.fails
        self.kept.append(dead_letter)

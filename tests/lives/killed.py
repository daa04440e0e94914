"""Lives of a processor that is killed at any step, on fakes and on one thread."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from consumer.publishing.claim_check import location_in
from consumer.publishing.errors import RetriesExhaustedError
from consumer.publishing.messages import Message, MessageForm
from consumer.publishing.poison import DeadLetterOnPoison
from consumer.publishing.ports import ConcurrencyLimits, Receipt
from consumer.publishing.processor import RecordsInput
from consumer.publishing.records import ChangeRecord, RawRecord
from tests.builders import a_document, grouped
from tests.fakes import (
    FakeCheckpointer,
    FakeClaimCheck,
    FakeDeadLetters,
    FakeJournal,
    FakeTopic,
    Fuse,
    Killed,
    a_processor,
)

LARGE_EVERY, REFUSED_EVERY = 17, 23
LIMIT = 5_000


@dataclass(frozen=True)
class Surroundings:
    """What a run is like.

    Attributes:
        pages: How many records each call of the daemon has.
        items: How many items they change in turn.
        limits: How much the topic takes side by side.
        chance: In which order messages arrive, and what fails in between.
        gives_up: How many messages of a hundred fail for longer than is wanted.
        filtered_every: Each record with such a number is filtered out.
        form: How messages are written, in groups or not.
    """

    pages: Sequence[int]
    items: int
    limits: ConcurrencyLimits
    chance: Random
    gives_up: int
    form: MessageForm
    filtered_every: int = 10**9

    def select(self, record: ChangeRecord) -> ChangeRecord | None:
        """Filter records out."""
        return None if int(record.sequence_number) in self.filtered else record

    @property
    def filtered(self) -> set[int]:
        """The numbers of what is filtered out."""
        return set(range(self.filtered_every, sum(self.pages) + 1, self.filtered_every))

    def records(self, first: int, last: int) -> list[RawRecord]:
        """Records first to last."""
        return [self._record(number) for number in range(first, last + 1)]

    def _record(self, number: int) -> RawRecord:
        """One record; some are too large for a message, and some the topic refuses."""
        document = a_document(number)
        size = LIMIT if number % LARGE_EVERY == 0 else 1
        text = "poison" if number % REFUSED_EVERY == 0 else "x" * size
        document["dynamodb"]["NewImage"]["text"] = {"S": text}
        document["dynamodb"]["Keys"] = {"id": {"S": f"item-{number % self.items}"}}
        return RawRecord(str(number), json.dumps(document).encode())


@dataclass
class Outside:
    """What outlives a worker."""

    messages: list[Message] = field(default_factory=list)
    claims: FakeClaimCheck = field(default_factory=FakeClaimCheck)
    checkpoints: FakeCheckpointer = field(default_factory=FakeCheckpointer)
    letters: FakeDeadLetters = field(default_factory=FakeDeadLetters)

    @property
    def is_ended(self) -> bool:
        """Whether the shard's end is checkpointed: nobody begins there any more."""
        return "SHARD_END" in self.checkpoints.made

    @property
    def position(self) -> int:
        """Up to where the last checkpoint but the shard's end says that all is done."""
        return int(["0", *(made for made in self.checkpoints.made if made != "SHARD_END")][-1])

    @property
    def published(self) -> list[int]:
        """The published records' numbers, in order."""
        bodies = [body_of(message, self.claims.bodies) for message in self.messages]
        entries = [entry for body in bodies for entry in json.loads(body)]
        return [int(entry["newImage"]["id"]["S"].removeprefix("item-")) for entry in entries]

    @property
    def done(self) -> set[int]:
        """Records that are published, or dead letters."""
        return {*self.published, *self.dead_letters}

    @property
    def dead_letters(self) -> set[int]:
        """The numbers of records that are dead letters."""
        return {int(letter.sequence_number) for letter in self.letters.kept}


def body_of(message: Message, bodies: dict[str, str]) -> str:
    """A message's body; a KeyError where its pointer leads nowhere."""
    place = location_in(message.body)
    return bodies[place.key] if place else message.body


class FickleTopic(FakeTopic):
    """Lets messages arrive in any order, those of one call not all at once, and gives some up."""

    def __init__(self, surroundings: Surroundings, outside: Outside) -> None:
        super().__init__(outside.messages, limit=LIMIT, refused="poison", arrive=self.some)
        self.limits, self._gives_up = surroundings.limits, surroundings.gives_up
        self._chance = surroundings.chance

    def some(self, under_way: Sequence[Sequence[Message]], wait: bool) -> Sequence[Message]:  # noqa: FBT001
        """Some messages of one call; the others are sent again."""
        if not wait and self._chance.random() < 0.5:
            return ()
        call = self._chance.choice(under_way)
        return self._chance.sample(call, self._chance.randint(1, len(call)))

    def publish(self, message: Message) -> Receipt:
        """Take it, refuse it or give it up."""
        if self._chance.randrange(100) < self._gives_up:
            raise RetriesExhaustedError("throttled")
        return super().publish(message)

    def die(self) -> None:
        """The worker is killed: of what was sent, some is taken all the same."""
        for message in [message for call in self.under_way for message in call]:
            if self._chance.random() < 0.5 and "poison" not in message.body:
                self.messages.append(message)


def live(surroundings: Surroundings, outside: Outside, fuse: Fuse) -> None:
    """One life of a worker: it begins after the last checkpoint and ends when the fuse blows."""
    topic, claims = FickleTopic(surroundings, outside), FakeClaimCheck(outside.claims.bodies)
    checkpointer = FakeCheckpointer(outside.checkpoints.made)
    for guarded, name in (
        *((topic, name) for name in ("begin", "publish")),
        *((checkpointer, name) for name in ("checkpoint", "wait_until_made")),
        *((claims, "keep"), (outside.letters, "send")),
    ):
        setattr(guarded, name, fuse.before(getattr(type(guarded), name).__get__(guarded)))
    poison = DeadLetterOnPoison(outside.letters, percent=100)
    processor = a_processor(
        topic,
        FakeJournal(),
        poison,
        claim_check=claims,
        form=surroundings.form,
        select=surroundings.select,
    )
    position, total = outside.position, sum(surroundings.pages)
    try:
        for turn, page in enumerate([*surroundings.pages, total]):
            last = min(position + page, total)
            delivery = RecordsInput(surroundings.records(position + 1, last), None, float(turn))
            processor.process_records(delivery, checkpointer)
            assert not topic.under_way, "answered with calls under way"
            assert not checkpointer.is_under_way, "answered with a checkpoint under way"
            position = last
        processor.shard_ended(checkpointer)
    except Killed:
        topic.die()
        if surroundings.chance.random() < 0.5:  # the daemon makes it all the same
            FakeCheckpointer.wait_until_made(checkpointer)
        raise


def lose_nothing(surroundings: Surroundings, cuts: Sequence[int]) -> int:
    """Live until the shard has ended; return how many lives that took.

    Every record is published, filtered out or a dead letter, and no checkpoint runs ahead of that.
    Each item's changes come in order but for repeats. A subscriber can follow every pointer at any
    time. What a FIFO topic drops as a repeat holds the same changes.

    Args:
        surroundings: What the lives are like.
        cuts: After how many steps each life is cut; one more is not.
    """
    outside, filtered = Outside(), surroundings.filtered
    lives = 0
    for cut in (*cuts, 100_000):
        lives += 1
        try:
            live(surroundings, outside, Fuse(cut))
        except Killed:
            assert set(range(1, outside.position + 1)) <= outside.done | filtered
        if outside.is_ended:
            break
    assert outside.done == set(range(1, sum(surroundings.pages) + 1)) - filtered
    assert outside.checkpoints.made[-1] == "SHARD_END"
    bodies = [
        (each.deduplication_id, body_of(each, outside.claims.bodies)) for each in outside.messages
    ]
    assert len(dict(bodies)) == len(set(bodies))
    # Where a kill forestalls a dead letter's checkpoint, the record is published after all, late.
    firsts = [each for each in dict.fromkeys(outside.published) if each not in outside.dead_letters]
    for item in range(min(surroundings.items, 60)):
        of_item = [number for number in firsts if number % surroundings.items == item]
        assert of_item == sorted(of_item)
    return lives


def any_lives(chance: Random) -> int:
    """Live at random; return how many lives that were."""
    surroundings = Surroundings(
        pages=[chance.randint(0, 45) for _ in range(chance.randint(0, 5))],
        items=chance.choice([1, 7, 60, 10_000]),
        limits=ConcurrencyLimits(chance.randint(1, 4), chance.choice([1, 2, 3, 10])),
        chance=chance,
        gives_up=chance.choice([0, 0, 10]),
        filtered_every=chance.choice([1, 2, 7, 1_000]),
        form=grouped(chance.choice(["shard", "shard", "item", "hash:1", "hash:3"])),
    )
    return lose_nothing(surroundings, [chance.randint(0, 30) for _ in range(chance.randint(0, 5))])

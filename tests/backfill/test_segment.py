"""A segment is read at its rate and published, wherever it is killed and whatever changes."""

import json
import math
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.backfill.rate_limiter import RateLimiter
from consumer.backfill.segment import Segment, SegmentScan
from consumer.backfill.state import ScanPosition, ScanPositions
from consumer.filtering.pattern import read_patterns
from consumer.filtering.selection import Selection
from consumer.publishing.batches import Batcher
from consumer.publishing.errors import PoisonError
from consumer.publishing.poison import DeadLetterOnPoison, PoisonPolicy, StopOnPoison
from consumer.publishing.snapshots import Run, decode_snapshot, place_of
from tests import builders
from tests.backfill.fake_table import FakeTable, an_item
from tests.fakes import ALL, FakeDeadLetters, FakeJournal, FakeTopic, Fuse, Killed, a_processor

RUN = Run(1_700_000_000)
SHARD = RUN.shard_id(0)
FORM = replace(builders.FORM, shard_id=SHARD, entry_metadata=True)


@dataclass
class Clock:
    """A clock that only sleep moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def read(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Scene:
    """A table, a topic, and what is kept of a backfill with one segment.

    Attributes:
        table: The table.
        topic: The topic.
        kept: Up to where the segment is published, as a killed process leaves it.
        poison: What becomes of an item that can't be published.
        clock: The time.
        units_per_second: The rate.
        selection: Which items are published, and what of them.
    """

    table: FakeTable = field(default_factory=FakeTable)
    topic: FakeTopic = field(default_factory=FakeTopic)
    kept: ScanPosition = field(default_factory=ScanPosition)
    poison: PoisonPolicy = field(default_factory=StopOnPoison)
    clock: Clock = field(default_factory=Clock)
    units_per_second: float = 1e9
    selection: Selection = ALL

    def live(self, fuse: Fuse | None = None) -> None:
        """One life of a process, which may end at any publish or save."""
        self.topic = replace(self.topic, calls=[], under_way=[])
        positions = ScanPositions(self.kept)
        if fuse:
            self.topic.publish = fuse.before(self.topic.publish)  # type: ignore[method-assign,assignment]
            positions.checkpoint = fuse.before(positions.checkpoint)  # type: ignore[method-assign,assignment]
        scan = self.scan(positions)
        try:
            scan.run(lambda: False)
        finally:
            self.kept = positions.position

    def scan(self, positions: ScanPositions) -> SegmentScan:
        """The segment, with this world around it."""
        processor = a_processor(
            self.topic,
            FakeJournal(),
            self.poison,
            form=FORM,
            batcher=Batcher(10, math.inf),
            decode=decode_snapshot,
            select=self.selection.select,
        )
        rate_limiter = RateLimiter(self.units_per_second, self.clock.read, self.clock.sleep)
        segment = Segment(RUN, 0, 1, ("id",))
        return SegmentScan(segment, self.table, processor, positions, rate_limiter)

    def entries(self) -> list[dict[str, object]]:
        """Everything that was published."""
        return [entry for message in self.topic.messages for entry in json.loads(message.body)]

    def names(self) -> list[str]:
        """The ids of all items that were published."""
        return [str(entry["newImage"]["id"]["S"]) for entry in self.entries()]  # type: ignore[index]


def a_scene(items: int) -> Scene:
    """With so many items in the table."""
    scene = Scene()
    scene.table.put(*(an_item(f"item-{number}") for number in range(items)))
    return scene


def test_every_item_leaves_in_batches_of_ten() -> None:
    """In the message form of the stream; only the segment's last batch is partial."""
    scene = a_scene(37)
    scene.live()
    first = scene.topic.messages[0]

    assert [json.loads(message.body).__len__() for message in scene.topic.messages] == [
        10,
        10,
        10,
        7,
    ]
    assert sorted(scene.names()) == sorted(scene.table.items)
    assert {entry["eventName"] for entry in scene.entries()} == {"SNAPSHOT"}
    assert {entry["oldImage"] for entry in scene.entries()} == {None}
    assert {entry["time"] for entry in scene.entries()} == {RUN.began_at * 1000}
    assert first.attributes["shardId"] == first.group_id == SHARD
    assert first.attributes["eventNames"] == ["SNAPSHOT"]
    assert (place_of(scene.kept.number), scene.kept.is_ended) == (37, True)


def test_items_are_filtered_as_changes_are_and_the_position_passes_them() -> None:
    """A pattern about the event must name snapshots."""
    scene = a_scene(13)
    wanted = '{"eventName": ["SNAPSHOT"], "dynamodb": {"Keys": {"id": {"S": ["item-7"]}}}}'
    scene.selection = Selection(read_patterns(wanted))
    scene.live()

    assert scene.names() == ["item-7"]
    assert (place_of(scene.kept.number), scene.kept.is_ended) == (13, True)


@given(st.lists(st.integers(0, 9), max_size=5))
def test_a_kill_anywhere_skips_no_item(lives: list[int]) -> None:
    """What comes twice is the same message with the same ids, byte for byte."""
    scene = a_scene(35)
    for lasts in lives:
        try:
            scene.live(Fuse(lasts))
        except Killed:
            continue
    scene.live()
    messages = {message.deduplication_id: message for message in scene.topic.messages}

    assert set(scene.names()) == set(scene.table.items)
    assert [
        message.body for message in scene.topic.messages if message not in messages.values()
    ] == []
    assert len(messages) == 4
    assert scene.kept.is_ended


def test_there_are_repeats_to_compare() -> None:
    """Or the test above would say nothing."""
    scene = a_scene(35)
    with pytest.raises(Killed):
        scene.live(Fuse(1))
    scene.live()

    assert max(Counter(message.deduplication_id for message in scene.topic.messages).values()) == 2


@given(
    lasts=st.integers(0, 9),
    removed=st.sets(st.integers(0, 34)),
    added=st.sets(st.integers(100, 120)),
)
def test_dropping_repeats_by_their_ids_loses_no_item(
    lasts: int, removed: set[int], added: set[int]
) -> None:
    """Also when items come and go between a kill and the next life: as FIFO topics drop them."""
    scene = a_scene(35)
    try:
        scene.live(Fuse(lasts))
    except Killed:
        for number in removed:
            del scene.table.items[f"item-{number}"]
        scene.table.put(*(an_item(f"item-{number}") for number in added))
    scene.live()
    stay = {f"item-{number}" for number in range(35)} - {f"item-{number}" for number in removed}
    taken = {message.deduplication_id: message for message in reversed(scene.topic.messages)}
    by_message = [entry for message in taken.values() for entry in json.loads(message.body)]
    by_event = {entry["eventID"]: entry for entry in reversed(scene.entries())}

    for received in (by_message, by_event.values()):
        assert stay <= {entry["newImage"]["id"]["S"] for entry in received}  # type: ignore[index]


def test_an_item_that_can_t_be_published_stops_the_segment_before_it() -> None:
    """Everything before it is published and kept."""
    scene = a_scene(25)
    scene.topic.refused = sorted(scene.table.items)[12]
    with pytest.raises(PoisonError):
        scene.live()
    before = place_of(scene.kept.number)
    scene.topic.refused = None
    scene.live()

    assert before < 25
    assert len(set(scene.names())) == 25


def test_or_it_becomes_a_dead_letter() -> None:
    """Whose record is in the stream's form."""
    scene, letters = a_scene(25), FakeDeadLetters()
    scene.topic.refused, scene.poison = '"item-12"', DeadLetterOnPoison(letters, percent=10)
    scene.live()
    (letter,) = letters.kept

    assert letter.shard_id == SHARD
    assert json.loads(letter.data)["dynamodb"]["Keys"] == {"id": {"S": "item-12"}}
    assert len(set(scene.names())) == 24
    assert scene.kept.is_ended


@pytest.mark.parametrize("rate", [1, 5, 40])
def test_the_rate_is_kept(rate: int) -> None:
    """By units that calls have consumed, in any span of the clock."""
    scene = a_scene(200)
    scene.units_per_second = rate
    spent: list[tuple[float, float]] = []
    scan = scene.table.scan

    def noted(*arguments: object) -> object:
        page = scan(*arguments)  # type: ignore[arg-type]
        spent.append((scene.clock.now, page.units))
        return page

    scene.table.scan = noted  # type: ignore[method-assign,assignment]
    scene.live()

    assert sum(units for _, units in spent) == 100
    for first, (start, _) in enumerate(spent):
        for last in range(first, len(spent)):
            consumed = sum(units for _, units in spent[first : last + 1])
            page = max(units for _, units in spent[first : last + 1])
            assert consumed <= rate * (spent[last][0] - start) + rate + page
    # And not much slower than it may be.
    assert scene.clock.now <= 100 / rate + 1


def test_a_segment_that_is_stopped_reads_no_more() -> None:
    """What it holds of a batch is left to the next life."""
    scene, positions = a_scene(40), ScanPositions(ScanPosition())
    scene.units_per_second = 6
    scene.scan(positions).run(lambda: len(scene.table.scans) == 2)

    assert scene.table.scans == [(0, 10), (0, 12)]
    assert len(scene.names()) == place_of(positions.position.number) == 20

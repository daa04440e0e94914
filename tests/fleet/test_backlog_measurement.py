"""What follows a checkpoint, measured on a stream."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from consumer.fleet.backlog import Backlog, Unknown
from consumer.fleet.backlog_measurement import measure_backlog
from consumer.fleet.stream import Stream
from tests.streams import faults
from tests.streams.clients import bare_client
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import Items
from tests.streams.stream import SimulatedStream

START = 1_700_000_000.0


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = START

    def __call__(self) -> float:
        """The time."""
        return self.seconds


class Subject:
    """A stream of one shard with records that are an hour apart."""

    def __init__(self, simulated: SimulatedStream, endpoint: StreamsEndpoint, clock: Clock) -> None:
        self.simulated, self.endpoint, self._clock = simulated, endpoint, clock
        self.stream = Stream(bare_client("dynamodbstreams", endpoint.url), simulated.arn)
        (self.shard_id,) = simulated.open_shards()
        self._items = Items()

    def write(self, count: int) -> list[str]:
        """Write so many records; return their sequence numbers."""
        numbers = []
        for index in range(count):
            numbers.append(self.simulated.add(self._items.write(f"item-{index}")[0])[1])
            self._clock.seconds += 3600
        return numbers

    def backlog(
        self, checkpoint: str, bound: int = 100, *, is_open: bool = True
    ) -> Backlog | Unknown:
        """What follows a checkpoint, without the records themselves."""
        found = self.measured(checkpoint, bound, is_open=is_open)
        return replace(found, sequence_numbers=()) if isinstance(found, Backlog) else found

    def measured(
        self, checkpoint: str, bound: int = 100, *, is_open: bool = True
    ) -> Backlog | Unknown:
        """What follows a checkpoint."""
        return measure_backlog(self.stream, self.shard_id, checkpoint, bound, is_open=is_open)


@pytest.fixture
def subject() -> Iterator[Subject]:
    """A stream of one shard."""
    clock = Clock()
    simulated = SimulatedStream("orders", now=clock)
    with StreamsEndpoint(simulated) as endpoint:
        yield Subject(simulated, endpoint, clock)


def test_records_after_the_checkpoint_are_counted(subject: Subject) -> None:
    """With the time of the first of them."""
    first, *_, last = subject.write(4)

    assert subject.backlog(first) == Backlog(3, oldest_at=START + 3600)
    assert subject.backlog("TRIM_HORIZON") == Backlog(4, oldest_at=START)
    assert subject.backlog(last) == Backlog()


def test_the_records_that_were_counted_are_known(subject: Subject) -> None:
    """The last of them is the shard's end, as far as it was read."""
    first, *others = subject.write(4)
    whole, part = subject.measured(first), subject.measured(first, 2)

    assert isinstance(whole, Backlog)
    assert isinstance(part, Backlog)
    assert (whole.sequence_numbers, whole.end) == (tuple(others), others[-1])
    assert (part.sequence_numbers, part.end) == (tuple(others[:2]), others[1])


def test_counting_ends_at_the_bound(subject: Subject) -> None:
    """And says whether there is more."""
    subject.write(5)

    assert subject.backlog("TRIM_HORIZON", 5) == Backlog(5, oldest_at=START)
    assert subject.backlog("TRIM_HORIZON", 4) == Backlog(4, has_more=True, oldest_at=START)


def test_more_than_one_read_is_counted(subject: Subject) -> None:
    """A read gives a thousand at the most."""
    subject.write(1205)

    assert subject.backlog("TRIM_HORIZON", 5000) == Backlog(1205, oldest_at=START)
    assert subject.backlog("TRIM_HORIZON", 1100) == Backlog(1100, has_more=True, oldest_at=START)


def test_an_empty_read_is_not_the_end(subject: Subject) -> None:
    """DynamoDB answers so where a part of a shard has no records."""
    subject.write(3)
    subject.simulated.empty_pages(2)

    assert subject.backlog("TRIM_HORIZON") == Backlog(3, oldest_at=START)


def test_a_closed_shard_is_read_to_its_end_over_any_number_of_empty_reads(subject: Subject) -> None:
    """An open shard has no end, so after three empty reads it counts as read."""
    subject.write(2)
    subject.simulated.empty_pages(3)
    assert subject.backlog("TRIM_HORIZON") == Backlog()

    subject.simulated.roll(subject.shard_id)
    subject.simulated.empty_pages(30)
    assert subject.backlog("TRIM_HORIZON", is_open=False) == Backlog(2, oldest_at=START)


def test_a_checkpoint_that_has_expired_is_said_to_have(subject: Subject) -> None:
    """A quiet shard's does, without any harm; what is left is counted."""
    first, second, *_ = subject.write(4)
    subject.simulated.trim(subject.shard_id, second)

    assert subject.backlog(first) == Backlog(2, oldest_at=START + 7200, has_expired=True)


def test_what_cant_be_told_says_why(subject: Subject) -> None:
    """No checkpoint yet, a shard that is gone, a stream that is throttled."""
    gone = measure_backlog(subject.stream, "shardId-gone", "TRIM_HORIZON", 10, is_open=True)
    script = faults.Script()
    script.plan("GetShardIterator", faults.throttled)
    subject.endpoint.fault = script

    latest, throttled = subject.backlog("LATEST"), subject.backlog("TRIM_HORIZON")
    assert isinstance(gone, Unknown)
    assert "no such shard" in gone.reason
    assert isinstance(latest, Unknown)
    assert "no checkpoint yet" in latest.reason
    assert isinstance(throttled, Unknown)
    assert "GetShardIterator failed" in throttled.reason

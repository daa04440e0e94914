"""A stream read beside its workers."""

from collections.abc import Iterator

import pytest

from consumer.fleet.stream import Stream
from tests.streams.clients import bare_client
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import Items
from tests.streams.stream import SimulatedStream

NOW = 1_700_000_000.0


@pytest.fixture
def simulated(request: pytest.FixtureRequest) -> SimulatedStream:
    """A stream with one shard, or as many as the test says."""
    return SimulatedStream("orders", getattr(request, "param", 1), now=lambda: NOW)


@pytest.fixture
def stream(simulated: SimulatedStream) -> Iterator[Stream]:
    """Its reader."""
    with StreamsEndpoint(simulated) as endpoint:
        yield Stream(bare_client("dynamodbstreams", endpoint.url), simulated.arn)


def write(simulated: SimulatedStream, count: int) -> list[str]:
    """Write so many changes; return their sequence numbers."""
    items = Items()
    return [simulated.add(items.write(f"item-{n}")[0])[1] for n in range(count)]


@pytest.mark.parametrize("simulated", [120], indirect=True)
def test_every_page_of_shards_is_described(simulated: SimulatedStream, stream: Stream) -> None:
    """DynamoDB lists a hundred at a time."""
    parent = simulated.open_shards()[0]
    children = simulated.split(parent)
    description = stream.describe()
    shards = {shard.shard_id: shard for shard in description.shards}

    assert (description.table, description.view) == ("orders", "NEW_AND_OLD_IMAGES")
    assert description.status == "ENABLED"
    assert len(shards) == 122
    assert {name for name in shards if shards[name].parent == parent} == set(children)
    assert not shards[parent].is_open
    assert all(shards[child].is_open for child in children)


def test_reading_begins_after_a_checkpoint(simulated: SimulatedStream, stream: Stream) -> None:
    """A sequence number, or one of the two words."""
    first, second, third = write(simulated, 3)
    (shard,) = stream.describe().shards

    def numbers(checkpoint: str) -> list[str]:
        page = stream.read(stream.iterator_after(shard.shard_id, checkpoint))
        return [position.sequence_number for position in page.positions]

    assert numbers("TRIM_HORIZON") == [first, second, third]
    assert numbers(first) == [second, third]
    assert numbers("LATEST") == []


def test_pages_lead_to_the_end_of_a_closed_shard(
    simulated: SimulatedStream, stream: Stream
) -> None:
    """Each record with about when its change was made."""
    write(simulated, 3)
    (shard,) = stream.describe().shards
    simulated.roll(shard.shard_id)
    first = stream.read(stream.iterator_after(shard.shard_id, "TRIM_HORIZON"), limit=2)
    second = stream.read(first.next_iterator or "")

    assert [len(first.positions), len(second.positions)] == [2, 1]
    assert {position.created_at for position in first.positions} == {NOW}
    assert second.next_iterator is None

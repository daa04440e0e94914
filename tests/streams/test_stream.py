"""What the simulation does on command, and no server can: spoken to as a reader speaks."""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.streams.clients import bare_client
from tests.streams.clock import Clock
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import Items
from tests.streams.stream import SimulatedStream

ITEMS = [f"item-{index}" for index in range(40)]


@dataclass
class Reader:
    """A stream with a reader.

    Attributes:
        stream: The stream.
        client: A boto3 client of it.
        items: What is written.
    """

    stream: SimulatedStream
    client: Any
    items: Items = field(default_factory=Items)

    def write(self, *item_ids: str) -> list[tuple[str, str]]:
        """Write items; return shard and sequence number of each change."""
        return [self.stream.add(self.items.write(item_id)[0]) for item_id in item_ids]

    def shards(self, **extra: Any) -> Sequence[Mapping[str, Any]]:  # noqa: ANN401 - fields
        """The shards as they are listed."""
        return list(self.describe(**extra)["Shards"])

    def describe(self, **extra: Any) -> Mapping[str, Any]:  # noqa: ANN401 - fields
        """The stream's description."""
        answer = self.client.describe_stream(StreamArn=self.stream.arn, **extra)
        return dict(answer["StreamDescription"])

    def iterator(self, shard_id: str, kind: str = "TRIM_HORIZON", number: str | None = None) -> str:
        """An iterator."""
        extra = {} if number is None else {"SequenceNumber": number}
        answer = self.client.get_shard_iterator(
            StreamArn=self.stream.arn, ShardId=shard_id, ShardIteratorType=kind, **extra
        )
        return str(answer["ShardIterator"])

    def page(self, iterator: str, **extra: Any) -> Mapping[str, Any]:  # noqa: ANN401 - fields
        """The answer at an iterator."""
        return dict(self.client.get_records(ShardIterator=iterator, **extra))

    def numbers(self, shard_id: str, kind: str = "TRIM_HORIZON", number: str = "") -> list[str]:
        """The sequence numbers that a new iterator leads to."""
        return numbers(self.page(self.iterator(shard_id, kind, number or None)))


def numbers(page: Mapping[str, Any]) -> list[str]:
    """The sequence numbers in an answer."""
    return [record["dynamodb"]["SequenceNumber"] for record in page["Records"]]


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    """The error's code."""
    return str(error.value.response["Error"]["Code"])


@pytest.fixture(params=[4])
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    """A stream of four shards, or as many as the test says."""
    stream = SimulatedStream("orders", shards=request.param)
    with StreamsEndpoint(stream) as endpoint:
        yield Reader(stream, bare_client("dynamodbstreams", endpoint.url))


one_shard = pytest.mark.parametrize("reader", [1], indirect=True)


def test_changes_spread_over_shards_and_an_item_stays_in_its_own(reader: Reader) -> None:
    """Each shard gets some, and an item's all go to one."""
    first, second = reader.write(*ITEMS), reader.write(*ITEMS)
    places = [shard_id for shard_id, _ in first]

    assert set(places) == set(reader.stream.open_shards())
    assert places == [shard_id for shard_id, _ in second]
    assert sorted(itertools.chain.from_iterable(map(reader.numbers, set(places)))) == [
        number for _, number in first + second
    ]


def test_each_shard_has_a_moment_of_its_own(reader: Reader) -> None:
    """However quickly they open; and it is now."""
    moments = {int(shard_id.split("-")[1]) for shard_id in reader.stream.open_shards()}

    assert len(moments) == 4
    assert abs(min(moments) / 1_000 - time.time()) < 60


def test_a_split_shard_ends_and_two_follow_on_it(reader: Reader) -> None:
    """The children begin after the parent's end, and share its items."""
    before = reader.write(*ITEMS)
    parent = before[0][0]
    children = reader.stream.split(parent)
    after = reader.write(*ITEMS)
    listed = {shard["ShardId"]: shard for shard in reader.shards()}
    ending = listed[parent]["SequenceNumberRange"]["EndingSequenceNumber"]

    assert ending == reader.numbers(parent)[-1]
    assert [listed[child]["ParentShardId"] for child in children] == [parent, parent]
    assert all(
        int(listed[child]["SequenceNumberRange"]["StartingSequenceNumber"]) > int(ending)
        for child in children
    )
    moved = {new for (old, _), (new, _) in zip(before, after, strict=True) if old == parent}
    stayed = {(old, new) for (old, _), (new, _) in zip(before, after, strict=True) if old != parent}
    assert moved == set(children)
    assert all(old == new for old, new in stayed)
    assert "NextShardIterator" not in reader.page(reader.iterator(parent))


def test_a_rolled_shard_has_one_successor(reader: Reader) -> None:
    """Which gets all of its items."""
    (parent, _), *_ = reader.write(ITEMS[0])
    child = reader.stream.roll(parent)
    ((place, _),) = reader.write(ITEMS[0])

    assert place == child
    assert [shard["ParentShardId"] for shard in reader.shards() if "ParentShardId" in shard] == [
        parent
    ]


def test_a_closed_shard_cant_be_split_and_an_open_one_cant_be_dropped(reader: Reader) -> None:
    """A test's own mistakes are named."""
    parent, *_ = reader.stream.open_shards()
    child = reader.stream.roll(parent)

    with pytest.raises(ValueError, match="closed already"):
        reader.stream.split(parent)
    with pytest.raises(ValueError, match="is open"):
        reader.stream.drop(child)


def test_a_disabled_stream_says_so_and_closes_its_shards(reader: Reader) -> None:
    """They have no children; what is in them can be read."""
    ((shard_id, number),) = reader.write(ITEMS[0])
    reader.stream.disable()

    assert reader.describe()["StreamStatus"] == "DISABLED"
    assert all("EndingSequenceNumber" in s["SequenceNumberRange"] for s in reader.shards())
    assert [shard for shard in reader.shards() if "ParentShardId" in shard] == []
    assert reader.numbers(shard_id) == [number]


def test_a_disabled_stream_takes_nothing(reader: Reader) -> None:
    """A test's own mistake is named."""
    reader.stream.disable()

    with pytest.raises(ValueError, match="disabled"):
        reader.write(ITEMS[0])


def test_a_shards_children_can_be_asked_for(reader: Reader) -> None:
    """As the adapter does at a shard's end; an open shard has none."""
    parent, other, *_ = reader.stream.open_shards()
    children = reader.stream.split(parent)

    def children_of(shard_id: str) -> list[str]:
        asked = {"Type": "CHILD_SHARDS", "ShardId": shard_id}
        return [shard["ShardId"] for shard in reader.shards(ShardFilter=asked)]

    assert children_of(parent) == children
    assert children_of(other) == []


def test_a_filter_of_another_type_is_refused(reader: Reader) -> None:
    """AWS documents one type."""
    with pytest.raises(ClientError) as caught:
        reader.shards(ShardFilter={"Type": "PARENTS", "ShardId": "x"})

    assert code_of(caught) == "ValidationException"


def test_shards_are_listed_in_pages(reader: Reader) -> None:
    """The last page names no shard to go on after."""
    first = reader.describe(Limit=3)
    second = reader.describe(ExclusiveStartShardId=first["LastEvaluatedShardId"], Limit=3)
    listed = [shard["ShardId"] for shard in [*first["Shards"], *second["Shards"]]]

    assert listed == sorted(listed) == sorted(reader.stream.open_shards())
    assert first["LastEvaluatedShardId"] == listed[2]
    assert "LastEvaluatedShardId" not in second


def test_streams_are_listed_in_pages() -> None:
    """With several streams behind one URL."""
    streams = [SimulatedStream(f"table-{index}") for index in range(3)]
    with StreamsEndpoint(*streams) as endpoint:
        client = bare_client("dynamodbstreams", endpoint.url)
        first = client.list_streams(Limit=2)
        second = client.list_streams(ExclusiveStartStreamArn=first["LastEvaluatedStreamArn"])

    listed = [stream["StreamArn"] for stream in [*first["Streams"], *second["Streams"]]]
    assert listed == [stream.arn for stream in streams]
    assert "LastEvaluatedStreamArn" not in second


@one_shard
def test_a_trimmed_position_is_refused_and_the_horizon_moves(reader: Reader) -> None:
    """Whoever stands there is told; the oldest record kept is read by TRIM_HORIZON."""
    written = reader.write(*ITEMS[:4])
    (shard_id, first), (_, second), (_, third), (_, fourth) = written
    early, late = reader.iterator(shard_id), reader.iterator(shard_id, "AT_SEQUENCE_NUMBER", third)
    reader.stream.trim(shard_id, second)

    for attempt in (
        lambda: reader.page(early),
        lambda: reader.iterator(shard_id, "AT_SEQUENCE_NUMBER", first),
        lambda: reader.iterator(shard_id, "AFTER_SEQUENCE_NUMBER", second),
    ):
        with pytest.raises(ClientError) as caught:
            attempt()
        assert code_of(caught) == "TrimmedDataAccessException"
    assert numbers(reader.page(late)) == reader.numbers(shard_id) == [third, fourth]


@one_shard
def test_a_trim_between_two_records_expires_only_those_before_it(reader: Reader) -> None:
    """Who has read all that expired goes on unharmed."""
    (shard_id, first), (_, second) = reader.write(*ITEMS[:2])
    page = reader.page(reader.iterator(shard_id), Limit=1)
    reader.stream.trim(shard_id, str(int(second) - 1))

    assert numbers(page) == [first]
    assert numbers(reader.page(page["NextShardIterator"])) == [second]


@one_shard
def test_a_shard_all_of_whose_records_expired_goes_on(reader: Reader) -> None:
    """It has a horizon at its tip."""
    (shard_id, number), *_ = reader.write(ITEMS[0])
    reader.stream.trim(shard_id, number)
    page = reader.page(reader.iterator(shard_id))
    ((_, later),) = reader.write(ITEMS[0])

    assert page["Records"] == []
    assert numbers(reader.page(page["NextShardIterator"])) == [later]


def test_a_dropped_shard_is_gone(reader: Reader) -> None:
    """From the list, for new iterators and for old ones; its children stay."""
    parent, *_ = reader.stream.open_shards()
    iterator = reader.iterator(parent)
    children = reader.stream.split(parent)
    reader.stream.drop(parent)

    assert parent not in [shard["ShardId"] for shard in reader.shards()]
    assert {s["ShardId"] for s in reader.shards() if s.get("ParentShardId") == parent} == {
        *children
    }
    for attempt in (lambda: reader.page(iterator), lambda: reader.iterator(parent)):
        with pytest.raises(ClientError) as caught:
            attempt()
        assert code_of(caught) == "ResourceNotFoundException"


@pytest.fixture
def aged() -> Iterator[tuple[Reader, Clock]]:
    """A stream of one shard, made 25 hours ago."""
    clock = Clock(hours_ago=25)
    stream = SimulatedStream("orders", now=clock)
    with StreamsEndpoint(stream) as endpoint:
        yield Reader(stream, bare_client("dynamodbstreams", endpoint.url)), clock


def test_a_shard_carries_its_age_in_its_id(aged: tuple[Reader, Clock]) -> None:
    """As DynamoDB's do, whose readers go by it."""
    reader, clock = aged
    (old,) = reader.stream.open_shards()
    clock.catch_up()
    young = reader.stream.roll(old)

    ages = [time.time() - int(shard_id.split("-")[1]) / 1_000 for shard_id in (old, young)]
    assert 25 * 3_600 <= ages[0] < 26 * 3_600
    assert 0 <= ages[1] < 3_600


def test_what_is_older_than_24_hours_expires(aged: tuple[Reader, Clock]) -> None:
    """Closed shards leave the list; of an open one the old records go."""
    reader, clock = aged
    (parent,) = reader.stream.open_shards()
    reader.write("a")
    child = reader.stream.roll(parent)
    reader.write("a")
    clock.catch_up()
    ((_, kept),) = reader.write("a")
    reader.stream.expire()

    assert [shard["ShardId"] for shard in reader.shards()] == [child]
    assert reader.shards()[0]["ParentShardId"] == parent
    assert reader.numbers(child) == [kept]


def test_a_shard_that_was_closed_within_24_hours_stays(aged: tuple[Reader, Clock]) -> None:
    """However old it is; only its old records go."""
    reader, clock = aged
    (parent,) = reader.stream.open_shards()
    reader.write("a")
    clock.catch_up()
    child = reader.stream.roll(parent)
    reader.stream.expire()

    assert [shard["ShardId"] for shard in reader.shards()] == [parent, child]
    assert reader.numbers(parent) == []


@one_shard
def test_a_latest_iterator_can_expire_before_its_first_record(reader: Reader) -> None:
    """Whoever then asks for the latest again has missed what was written meanwhile."""
    (shard_id,) = reader.stream.open_shards()
    quiet = reader.page(reader.iterator(shard_id, "LATEST"))
    reader.write("a")
    reader.stream.expire_iterators()

    assert quiet["Records"] == []
    with pytest.raises(ClientError) as caught:
        reader.page(quiet["NextShardIterator"])
    assert code_of(caught) == "ExpiredIteratorException"
    assert reader.numbers(shard_id, "LATEST") == []


@one_shard
def test_expired_iterators_are_refused_and_new_ones_work(reader: Reader) -> None:
    """All that were handed out before the command."""
    ((shard_id, number),) = reader.write(ITEMS[0])
    old = reader.iterator(shard_id)
    reader.stream.expire_iterators()

    with pytest.raises(ClientError) as caught:
        reader.page(old)
    assert code_of(caught) == "ExpiredIteratorException"
    assert reader.numbers(shard_id) == [number]


@one_shard
def test_empty_pages_lead_on_to_the_records(reader: Reader) -> None:
    """Each with another iterator than the one before."""
    ((shard_id, number),) = reader.write(ITEMS[0])
    reader.stream.empty_pages(2)
    asked = [reader.iterator(shard_id)]
    pages = []
    for _ in range(3):
        pages.append(reader.page(asked[-1]))
        asked.append(pages[-1]["NextShardIterator"])

    assert [numbers(page) for page in pages] == [[], [], [number]]
    assert len(set(asked)) == 4


@one_shard
def test_a_closed_shard_with_empty_pages_isnt_over(reader: Reader) -> None:
    """An empty page of it leads on while records are left."""
    ((shard_id, number),) = reader.write(ITEMS[0])
    reader.stream.disable()
    reader.stream.empty_pages(1)
    empty = reader.page(reader.iterator(shard_id))
    last = reader.page(empty["NextShardIterator"])

    assert (numbers(empty), numbers(last)) == ([], [number])
    assert "NextShardIterator" not in last


def test_empty_pages_can_be_one_shards_own(reader: Reader) -> None:
    """Others answer with their records."""
    written = dict(reader.write(*ITEMS))
    empty, other, *_ = written
    reader.stream.empty_pages(1, empty)

    assert reader.numbers(other)
    assert reader.numbers(empty) == []
    assert reader.numbers(empty)


@pytest.mark.parametrize(
    ("padding", "sizes"),
    [(0, [1000, 200]), (300_000, [3, 3, 1]), (1_100_000, [1, 1, 1])],
    ids=["small", "large", "larger than a page"],
)
@one_shard
def test_a_page_has_1000_records_and_a_megabyte_at_most(
    reader: Reader, padding: int, sizes: list[int]
) -> None:
    """As AWS documents. A larger record comes alone."""
    reader.items = Items("x" * padding)
    written = reader.write(*(f"item-{index}" for index in range(sum(sizes))))
    iterator, pages = reader.iterator(written[0][0]), []
    for _ in sizes:
        page = reader.page(iterator)
        iterator = page["NextShardIterator"]
        pages.append(numbers(page))

    assert [len(page) for page in pages] == sizes
    assert list(itertools.chain.from_iterable(pages)) == [number for _, number in written]


@one_shard
def test_a_removal_and_a_return_are_changes_of_the_same_item(reader: Reader) -> None:
    """Its versions go on growing."""
    reader.write("a")
    removal, version = reader.items.remove("a")
    reader.stream.add(removal)
    returned, next_version = reader.items.write("a")
    reader.stream.add(returned)
    (shard_id,) = reader.stream.open_shards()
    records = reader.page(reader.iterator(shard_id))["Records"]

    assert [record["eventName"] for record in records] == ["INSERT", "REMOVE", "INSERT"]
    assert (version, next_version) == (2, 3)
    assert records[2]["dynamodb"]["NewImage"]["version"] == {"N": "3"}

"""What every stream does: the simulation of tests/streams, and the servers that it is held to.

The servers are the oracles: ministack always, DynamoDB Local where somebody has a copy. Where
one of them does something else than AWS documents, differences.toml says so, and its test must
fail.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from consumer.demo.table import TABLE, create_table
from consumer.sandbox.backends import REGION
from consumer.sandbox.ministack import Ministack
from consumer.sandbox.server import Server
from tests.contracts.differences import DIFFERENCES
from tests.contracts.dynamodb_local import COPY, DynamoDbLocal
from tests.streams.clients import bare_client
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.stream import SimulatedStream

Image = Mapping[str, Any]

OLD: Image = {
    "id": {"S": "ação-1"},
    "number": {"N": "3.25"},
    "negative": {"N": "-12345"},
    "text": {"S": "nº 1 🎉"},
    "bytes": {"B": b"\x00\xff\x10"},
    "nothing": {"NULL": True},
    "yes": {"BOOL": True},
    "nested": {"M": {"list": {"L": [{"N": "1"}, {"S": "ç"}, {"M": {"deep": {"NULL": True}}}]}}},
    "texts": {"SS": ["x", "y"]},
    "numbers": {"NS": ["1", "22"]},
    "blobs": {"BS": [b"1", b"22"]},
}
NEW: Image = {"id": OLD["id"], "number": {"N": "4"}}
KEYS: Image = {"id": OLD["id"]}
GONE = f"shardId-{1:020d}-00000000"
"""A shard from before all that there are."""


@dataclass(frozen=True)
class Subject:
    """A stream under test, with one shard.

    Attributes:
        client: A boto3 client of the streams API, which checks no parameters itself.
        arn: The stream.
        put: Write an item.
        remove: Remove the item with this id.
        disable: Disable the stream.
    """

    client: Any
    arn: str
    put: Callable[[Image], object]
    remove: Callable[[str], object]
    disable: Callable[[], object]

    @property
    def shard(self) -> Mapping[str, Any]:
        """The shard as it is listed."""
        (shard,) = self.client.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        return dict(shard)

    def iterator(self, kind: str, number: str | None = None) -> str:
        """An iterator of the shard."""
        extra = {} if number is None else {"SequenceNumber": number}
        answer = self.client.get_shard_iterator(
            StreamArn=self.arn, ShardId=self.shard["ShardId"], ShardIteratorType=kind, **extra
        )
        return str(answer["ShardIterator"])

    def read(self, iterator: str, limit: int = 1000) -> Mapping[str, Any]:
        """The answer at an iterator."""
        return dict(self.client.get_records(ShardIterator=iterator, Limit=limit))

    def numbers(self, kind: str, number: str | None = None) -> list[str]:
        """The sequence numbers that a new iterator leads to."""
        return numbers(self.read(self.iterator(kind, number)))

    def write(self, count: int) -> list[str]:
        """Insert so many items; return the sequence numbers of all that is there."""
        for index in range(count):
            self.put({"id": {"S": f"item-{index}"}, "number": {"N": str(index)}})
        return self.numbers("TRIM_HORIZON")


def numbers(answer: Mapping[str, Any]) -> list[str]:
    """The sequence numbers in an answer."""
    return [record["dynamodb"]["SequenceNumber"] for record in answer["Records"]]


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of ministack."""
    yield from served(Ministack(tmp_path_factory.mktemp("ministack")))


@pytest.fixture(scope="module")
def dynamodb_local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of DynamoDB Local."""
    yield from served(DynamoDbLocal(tmp_path_factory.mktemp("dynamodb-local")))


def served(server: Server) -> Iterator[str]:
    """The URL of a server that is ready, and is ended afterwards."""
    server.wait_until_ready()
    yield server.url
    server.stop()


def of_a_table(url: str) -> Iterator[Subject]:
    """The stream of a server's table."""
    dynamodb = bare_client("dynamodb", url)
    create_table(dynamodb)
    yield Subject(
        client=bare_client("dynamodbstreams", url),
        arn=dynamodb.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"],
        put=lambda item: dynamodb.put_item(TableName=TABLE, Item=item),
        remove=lambda item_id: dynamodb.delete_item(TableName=TABLE, Key={"id": {"S": item_id}}),
        disable=lambda: dynamodb.update_table(
            TableName=TABLE, StreamSpecification={"StreamEnabled": False}
        ),
    )
    dynamodb.delete_table(TableName=TABLE)


def simulated() -> Iterator[Subject]:
    """The simulation, with a table in front of it."""
    stream = SimulatedStream(TABLE)
    items: dict[str, Image] = {}

    def put(item: Image) -> None:
        old, new = items.get(item["id"]["S"]), on_the_wire(item)
        items[item["id"]["S"]] = new
        stream.put("MODIFY" if old else "INSERT", {"id": item["id"]}, new, old)

    def remove(item_id: str) -> None:
        stream.put("REMOVE", {"id": {"S": item_id}}, None, items.pop(item_id))

    with StreamsEndpoint(stream) as endpoint:
        streams = bare_client("dynamodbstreams", endpoint.url)
        yield Subject(streams, stream.arn, put, remove, stream.disable)


def on_the_wire(value: Any) -> Any:  # noqa: ANN401 - any part of an item
    """An item as JSON: bytes as base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list):
        return [on_the_wire(part) for part in value]
    if isinstance(value, dict):
        return {name: on_the_wire(part) for name, part in value.items()}
    return value


SIMULATION = "simulation"
ON_A_SERVER = (pytest.mark.server, pytest.mark.xdist_group("streams"))
ORACLES = ["ministack", *(["dynamodb-local"] if COPY else [])]


@pytest.fixture(params=[SIMULATION, *(pytest.param(name, marks=ON_A_SERVER) for name in ORACLES)])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each stream in turn; a test fails where its server differs."""
    oracle, node = str(request.param), request.node
    for difference in DIFFERENCES:
        if difference.is_met_by(oracle, node.originalname, node.callspec.id):
            request.applymarker(difference.mark())
    if oracle == SIMULATION:
        yield from simulated()
    else:
        yield from of_a_table(request.getfixturevalue(oracle.replace("-", "_")))


def test_a_stream_is_described_and_listed(subject: Subject) -> None:
    """Its table, its view, its label, and the one shard that is open."""
    described = subject.client.describe_stream(StreamArn=subject.arn)["StreamDescription"]
    (listed,) = subject.client.list_streams(TableName=TABLE)["Streams"]
    (shard,) = described["Shards"]

    assert described.keys() == {
        *("StreamArn", "StreamLabel", "StreamStatus", "StreamViewType"),
        *("CreationRequestDateTime", "TableName", "KeySchema", "Shards"),
    }
    assert described["StreamArn"] == subject.arn == listed["StreamArn"]
    assert subject.arn.endswith(f":000000000000:table/{TABLE}/stream/{described['StreamLabel']}")
    assert (described["StreamStatus"], described["TableName"]) == ("ENABLED", TABLE)
    assert described["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert described["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert listed == {key: described[key] for key in ("StreamArn", "TableName", "StreamLabel")}
    assert shard.keys() == {"ShardId", "SequenceNumberRange"}


def test_a_shard_has_a_first_number_before_it_has_a_record(subject: Subject) -> None:
    """And no last one while it is open."""
    assert subject.shard["SequenceNumberRange"].keys() == {"StartingSequenceNumber"}


def test_a_shards_id_has_the_moment_of_its_opening(subject: Subject) -> None:
    """Twenty digits of milliseconds, near the stream's own time of creation."""
    described = subject.client.describe_stream(StreamArn=subject.arn)["StreamDescription"]
    word, moment, suffix = described["Shards"][0]["ShardId"].split("-")

    assert (word, len(moment), len(suffix)) == ("shardId", 20, 8)
    assert abs(int(moment) / 1_000 - described["CreationRequestDateTime"].timestamp()) < 60


def listed_after(subject: Subject, shard_id: str) -> list[str]:
    """The ids of the shards that are listed after one."""
    answer = subject.client.describe_stream(
        StreamArn=subject.arn, ExclusiveStartShardId=shard_id, Limit=1
    )
    return [shard["ShardId"] for shard in answer["StreamDescription"]["Shards"]]


def test_no_shard_is_listed_after_the_last_one(subject: Subject) -> None:
    """The one that is named is left out."""
    assert listed_after(subject, subject.shard["ShardId"]) == []


def test_shards_are_listed_after_one_that_is_gone(subject: Subject) -> None:
    """Those with a greater id."""
    assert listed_after(subject, GONE) == [subject.shard["ShardId"]]


def test_the_children_of_a_shard_can_be_asked_for(subject: Subject) -> None:
    """An open shard has none."""
    children = {"Type": "CHILD_SHARDS", "ShardId": subject.shard["ShardId"]}
    answer = subject.client.describe_stream(StreamArn=subject.arn, ShardFilter=children)

    assert answer["StreamDescription"]["Shards"] == []


def test_streams_are_listed_after_the_one_that_was_named(subject: Subject) -> None:
    """And none for a table without any."""
    ask = subject.client.list_streams

    assert ask(ExclusiveStartStreamArn=subject.arn, Limit=1)["Streams"] == []
    assert ask(TableName="no-such-table")["Streams"] == []
    assert len(ask(Limit=1)["Streams"]) == 1


def test_records_carry_exactly_what_was_written(subject: Subject) -> None:
    """INSERT, MODIFY and REMOVE with every type; an absent image is absent."""
    subject.put(OLD)
    subject.put(NEW)
    subject.remove(OLD["id"]["S"])
    records = subject.read(subject.iterator("TRIM_HORIZON"))["Records"]
    changes = [record["dynamodb"] for record in records]

    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    assert all(
        record.keys()
        == {"eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "dynamodb"}
        for record in records
    )
    assert {(record["eventVersion"], record["eventSource"]) for record in records} == {
        ("1.1", "aws:dynamodb")
    }
    assert len({record["eventID"] for record in records}) == 3
    common = {"ApproximateCreationDateTime", "Keys", "SequenceNumber", "SizeBytes"}
    common |= {"StreamViewType"}
    assert [change.keys() - common for change in changes] == [
        {"NewImage"},
        {"NewImage", "OldImage"},
        {"OldImage"},
    ]
    assert [change.get("NewImage") for change in changes] == [OLD, NEW, None]
    assert [change.get("OldImage") for change in changes] == [None, OLD, NEW]
    assert all(change["Keys"] == KEYS for change in changes)
    assert all(change["StreamViewType"] == "NEW_AND_OLD_IMAGES" for change in changes)


def test_a_record_carries_the_region(subject: Subject) -> None:
    """The one in which it is read."""
    subject.write(1)
    (record,) = subject.read(subject.iterator("TRIM_HORIZON"))["Records"]

    assert record["awsRegion"] == REGION


def test_an_empty_map_stays_one(subject: Subject) -> None:
    """With its type."""
    subject.put({"id": {"S": "1"}, "map": {"M": {}}})
    (record,) = subject.read(subject.iterator("TRIM_HORIZON"))["Records"]

    assert record["dynamodb"]["NewImage"]["map"] == {"M": {}}


def test_a_page_has_a_megabyte_at_most(subject: Subject) -> None:
    """The next one has the rest."""
    for index in range(4):
        subject.put({"id": {"S": str(index)}, "text": {"S": "x" * 300_000}})
    first = subject.read(subject.iterator("TRIM_HORIZON"))
    second = subject.read(first["NextShardIterator"])

    assert [len(page["Records"]) for page in (first, second)] == [3, 1]


def test_a_records_size_is_that_of_keys_and_images(subject: Subject) -> None:
    """By DynamoDB's own rules, for every type."""
    subject.put(OLD)
    subject.put(NEW)
    subject.remove(OLD["id"]["S"])
    records = subject.read(subject.iterator("TRIM_HORIZON"))["Records"]

    assert [record["dynamodb"]["SizeBytes"] for record in records] == [135, 153, 28]


def test_a_record_is_dated(subject: Subject) -> None:
    """By whole seconds at the finest."""
    subject.write(1)
    (record,) = subject.read(subject.iterator("TRIM_HORIZON"))["Records"]
    created = record["dynamodb"]["ApproximateCreationDateTime"]
    described = subject.client.describe_stream(StreamArn=subject.arn)["StreamDescription"]

    assert created.microsecond == 0
    assert abs((created - described["CreationRequestDateTime"]).total_seconds()) <= 60


def test_sequence_numbers_grow(subject: Subject) -> None:
    """They are decimal, long, and none comes before the shard's first."""
    written = subject.write(3)
    first = subject.shard["SequenceNumberRange"]["StartingSequenceNumber"]

    assert len(written) == 3
    assert sorted(set(written), key=int) == written
    assert int(first) <= int(written[0])
    assert all(number.isdecimal() and len(number) >= 21 for number in [*written, first])


def test_an_iterator_begins_at_or_after_a_number(subject: Subject) -> None:
    """AT reads the record itself, AFTER what comes next, which may be nothing yet."""
    written = subject.write(3)

    assert [subject.numbers("AT_SEQUENCE_NUMBER", number) for number in written] == [
        written,
        written[1:],
        written[2:],
    ]
    assert [subject.numbers("AFTER_SEQUENCE_NUMBER", number) for number in written] == [
        written[1:],
        written[2:],
        [],
    ]


def test_an_iterator_may_begin_at_the_shards_first_number(subject: Subject) -> None:
    """It is where a shard begins, whether or not a record has it."""
    written = subject.write(2)
    first = subject.shard["SequenceNumberRange"]["StartingSequenceNumber"]

    assert subject.numbers("AT_SEQUENCE_NUMBER", first) == written


def test_latest_sees_what_comes_later(subject: Subject) -> None:
    """And nothing that was there before."""
    before = subject.write(2)
    iterator = subject.iterator("LATEST")
    assert numbers(subject.read(iterator)) == []
    subject.put(NEW)
    (after,) = numbers(subject.read(iterator))

    assert int(after) > int(before[-1])


def test_a_limit_cuts_pages(subject: Subject) -> None:
    """Pages follow on each other, without a gap or a repeat."""
    written = subject.write(5)
    first = subject.read(subject.iterator("TRIM_HORIZON"), limit=2)
    second = subject.read(first["NextShardIterator"], limit=2)
    third = subject.read(second["NextShardIterator"], limit=2)

    assert [numbers(page) for page in (first, second, third)] == [
        written[:2],
        written[2:4],
        written[4:],
    ]


def test_an_iterator_can_be_used_again(subject: Subject) -> None:
    """A reader whose answer was lost asks the same once more."""
    written = subject.write(2)
    iterator = subject.iterator("TRIM_HORIZON")

    assert numbers(subject.read(iterator)) == numbers(subject.read(iterator)) == written


def test_an_open_shard_always_leads_on(subject: Subject) -> None:
    """At its tip an empty page has an iterator, which sees what comes later."""
    subject.write(1)
    page = subject.read(subject.iterator("TRIM_HORIZON"))
    for _ in range(3):
        page = subject.read(page["NextShardIterator"])
        assert page["Records"] == []
    subject.put(NEW)

    assert len(subject.read(page["NextShardIterator"])["Records"]) == 1


def test_a_closed_shard_ends_with_its_last_record(subject: Subject) -> None:
    """Its number is the shard's ending number, and no iterator leads on from it."""
    written = subject.write(3)
    at_the_tip = subject.iterator("LATEST")
    subject.disable()
    described = subject.client.describe_stream(StreamArn=subject.arn)["StreamDescription"]
    first = subject.read(subject.iterator("TRIM_HORIZON"), limit=2)
    last = subject.read(first["NextShardIterator"], limit=1)

    assert described["StreamStatus"] == "DISABLED"
    assert subject.shard["SequenceNumberRange"]["EndingSequenceNumber"] == written[-1]
    assert numbers(first) + numbers(last) == written
    assert "NextShardIterator" not in last
    for iterator in (
        at_the_tip,
        subject.iterator("LATEST"),
        subject.iterator("AFTER_SEQUENCE_NUMBER", written[-1]),
    ):
        page = subject.read(iterator)
        assert (page["Records"], "NextShardIterator" in page) == ([], False)


def test_a_closed_shard_without_records_ends_where_it_began(subject: Subject) -> None:
    """And reading it is over at once."""
    subject.disable()
    span = subject.shard["SequenceNumberRange"]
    page = subject.read(subject.iterator("TRIM_HORIZON"))

    assert span["EndingSequenceNumber"] == span["StartingSequenceNumber"]
    assert (page["Records"], "NextShardIterator" in page) == ([], False)


def code_of(call: Callable[[], object]) -> str:
    """The code of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["Error"]["Message"]
    return str(caught.value.response["Error"]["Code"])


def test_what_isnt_there_is_not_found(subject: Subject) -> None:
    """A stream, or a shard of a stream that is there."""
    shard_id, other = subject.shard["ShardId"], f"{subject.arn}9"
    ask = subject.client.get_shard_iterator
    calls: list[Callable[[], object]] = [
        lambda: subject.client.describe_stream(StreamArn=other),
        lambda: ask(StreamArn=other, ShardId=shard_id, ShardIteratorType="LATEST"),
        lambda: ask(
            StreamArn=subject.arn,
            ShardId=GONE,
            ShardIteratorType="TRIM_HORIZON",
        ),
    ]

    assert [code_of(call) for call in calls] == ["ResourceNotFoundException"] * 3


def test_an_iterator_that_is_none_is_refused(subject: Subject) -> None:
    """Any text, nothing at all, or an iterator that was spoilt."""
    spoilt = subject.iterator("TRIM_HORIZON")[:-7] + "AAAAAAA"
    ask = subject.client.get_records

    assert code_of(lambda: ask(ShardIterator="nonsense")) == "ValidationException"
    assert code_of(lambda: ask(ShardIterator=spoilt)) == "ValidationException"
    assert code_of(lambda: ask(ShardIterator="")) == "ValidationException"
    assert code_of(ask) == "ValidationException"


@pytest.mark.parametrize("limit", [-1, 0, 1001])
def test_a_limit_of_records_is_1_to_1000(subject: Subject, limit: int) -> None:
    """Others are refused."""
    iterator = subject.iterator("TRIM_HORIZON")

    assert code_of(lambda: subject.read(iterator, limit)) == "ValidationException"


@pytest.mark.parametrize("limit", [-1, 0, 101])
def test_a_limit_of_shards_and_streams_is_1_to_100(subject: Subject, limit: int) -> None:
    """Others are refused."""
    streams = subject.client

    refused = code_of(lambda: streams.describe_stream(StreamArn=subject.arn, Limit=limit))
    assert refused == code_of(lambda: streams.list_streams(Limit=limit)) == "ValidationException"


def test_an_iterator_has_one_of_four_types(subject: Subject) -> None:
    """Others are refused."""
    assert code_of(lambda: subject.iterator("SOMEWHERE")) == "ValidationException"


BY_NUMBER = pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])


@BY_NUMBER
@pytest.mark.parametrize("number", ["", None], ids=["empty", "none"])
def test_an_iterator_at_a_number_needs_one(subject: Subject, kind: str, number: str | None) -> None:
    """It can't be left out."""
    assert code_of(lambda: subject.iterator(kind, number)) == "ValidationException"


@BY_NUMBER
@pytest.mark.parametrize(
    "number", ["1", "x" * 21, "9" * 41], ids=["too short", "letters", "too long"]
)
def test_a_number_has_the_form_of_one(subject: Subject, kind: str, number: str) -> None:
    """21 to 40 digits."""
    subject.write(1)

    assert code_of(lambda: subject.iterator(kind, number)) == "ValidationException"


@BY_NUMBER
def test_a_number_from_before_the_shard_is_refused(subject: Subject, kind: str) -> None:
    """It can't be one of the shard's."""
    subject.write(2)

    assert code_of(lambda: subject.iterator(kind, f"{0:021d}")) == "ValidationException"


def later_than(number: str) -> str:
    """A number that comes after another."""
    return f"{int(number) + 1000:021d}"


@BY_NUMBER
def test_a_number_may_be_one_that_an_open_shard_will_have(subject: Subject, kind: str) -> None:
    """Nothing is there yet."""
    later = later_than(subject.write(2)[-1])

    assert subject.numbers(kind, later) == []


@BY_NUMBER
def test_a_number_after_the_end_of_a_closed_shard_is_refused(subject: Subject, kind: str) -> None:
    """The shard won't ever have it."""
    later = later_than(subject.write(2)[-1])
    subject.disable()

    assert code_of(lambda: subject.iterator(kind, later)) == "ValidationException"


@pytest.mark.parametrize("kind", ["TRIM_HORIZON", "LATEST"])
def test_a_number_belongs_to_an_iterator_that_needs_one(subject: Subject, kind: str) -> None:
    """The others refuse it."""
    (number,) = subject.write(1)

    assert code_of(lambda: subject.iterator(kind, number)) == "ValidationException"


@pytest.mark.parametrize(
    ("operation", "field"),
    [("describe", "StreamArn"), ("iterator", "StreamArn"), ("iterator", "ShardId")],
)
def test_a_missing_field_is_named_a_mistake(subject: Subject, operation: str, field: str) -> None:
    """The stream or the shard."""
    fields = {"StreamArn": subject.arn}
    call = subject.client.describe_stream
    if operation == "iterator":
        call = subject.client.get_shard_iterator
        fields |= {"ShardId": subject.shard["ShardId"], "ShardIteratorType": "LATEST"}
    del fields[field]

    assert code_of(lambda: call(**fields)) == "ValidationException"

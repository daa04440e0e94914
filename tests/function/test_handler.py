"""Events in, messages and reports out."""

import json
from collections.abc import Callable
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from consumer.function.handler import Deadline, Function
from consumer.publishing.envelope import EnvelopeName, entries_in
from consumer.publishing.errors import (
    BatchError,
    EventError,
    OperatorError,
    PoisonError,
    PublishError,
    TransientError,
)
from consumer.publishing.poison import DeadLetterOnPoison, PoisonPolicy, StopOnPoison
from consumer.publishing.ports import ConcurrencyLimits, Fact
from consumer.publishing.shard import Destinations
from consumer.settings.processor import ProcessorSettings
from tests.fakes import FakeDeadLetters, FakeJournal, FakeTopic, a_publisher
from tests.function.events import a_function_record, an_event
from tests.schemas.validation import check_message
from tests.settings.samples import SETTINGS


class Invoked:
    """What Lambda tells of an invocation that has a minute."""

    aws_request_id = "request-1"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:publisher"

    def __init__(self, millis: int = 60_000) -> None:
        self._millis = millis

    def get_remaining_time_in_millis(self) -> int:
        """What is left."""
        return self._millis


class Lambda:
    """A function with its surroundings."""

    def __init__(
        self, poison: PoisonPolicy | None = None, settings: ProcessorSettings = SETTINGS
    ) -> None:
        self.topic, self.journal = FakeTopic(), FakeJournal()
        self.bound: dict[str, Fact] = {}
        destinations = Destinations(self.topic, None, poison or StopOnPoison(), self.journal)
        self.function = Function(settings, destinations, Deadline(), self.bound)

    def invoke(self, event: object, millis: int = 60_000) -> list[str]:
        """Hand an event over; return the sequence numbers that are reported."""
        answer = self.function.handle(event, Invoked(millis))
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    @property
    def published(self) -> list[list[str]]:
        """The items' ids in each message."""
        return [
            [entry["newImage"]["id"] for entry in json.loads(message.body)]
            for message in self.topic.messages
        ]


def ids(first: int, last: int) -> list[str]:
    """Ids of the items of records first to last."""
    return [f"item-{number}" for number in range(first, last + 1)]


def test_ten_records_are_one_message() -> None:
    """As at the daemon; nothing is reported."""
    function = Lambda()

    assert function.invoke(an_event(1, 10)) == []
    assert function.published == [ids(1, 10)]
    assert function.topic.messages[0].attributes["shardId"] == "lambda-event-1"
    assert function.bound == {"requestId": "request-1", "shardId": "lambda-event-1"}


@pytest.mark.parametrize(
    ("envelope", "counts"), [("list", [10, 3]), ("cloudevents", [10, 3]), ("change", [1] * 13)]
)
def test_messages_have_the_form_that_is_set(envelope: EnvelopeName, counts: list[int]) -> None:
    """As at the daemon."""
    function = Lambda(settings=replace(SETTINGS, envelope=envelope))

    assert function.invoke(an_event(1, 13)) == []
    assert [len(entries_in(message.body)) for message in function.topic.messages] == counts
    for message in function.topic.messages:
        check_message(message.body, message.attributes)


@pytest.mark.parametrize("group", ["item", "hash:2"])
def test_message_groups_go_over_events(group: str) -> None:
    """Though an event doesn't say its shard: an item's group is the same in the next event."""
    function = Lambda(settings=replace(SETTINGS, fifo_group=group))
    function.invoke(an_event(1, 5))
    groups = {message.group_id for message in function.topic.messages}
    function.topic.messages.clear()
    function.invoke(an_event(1, 5))

    assert {message.group_id for message in function.topic.messages} == groups
    assert len(groups) == (5 if group == "item" else 2)


def test_nothing_is_held_until_the_next_event() -> None:
    """What doesn't fill a batch leaves with its event."""
    function = Lambda()

    assert function.invoke(an_event(1, 13)) == []
    assert function.published == [ids(1, 10), ids(11, 13)]


def test_no_records_are_no_message() -> None:
    """The last event of a window may have none."""
    function = Lambda()

    assert function.invoke({"Records": []}) == []
    assert function.topic.messages == []


def test_a_record_that_cant_be_published_is_reported_after_all_before_it() -> None:
    """Lambda goes on from the record; what is behind it is not published."""
    function = Lambda()
    function.topic.refused = '"item-4"'

    assert function.invoke(an_event(1, 10)) == ["4"]
    assert [each for message in function.published for each in message] == ids(1, 3)
    assert function.journal.notes[-1] == (
        "record_refused",
        {"sequenceNumber": "4", "error": "the topic refuses it"},
    )


def test_a_first_record_that_cant_be_published_fails_the_invocation() -> None:
    """Lambda halves an event whose invocation fails, and tries one that is reported as a whole."""
    function = Lambda()
    function.topic.refused = '"item-1"'

    with pytest.raises(PoisonError, match="record 1"):
        function.invoke(an_event(1, 10))
    assert function.journal.events == [*["batch_refused"] * 4, "record_refused"]


def test_a_record_that_is_alone_is_reported() -> None:
    """There is nothing left to halve."""
    function = Lambda()
    function.topic.refused = '"item-1"'

    assert function.invoke(an_event(1, 1)) == ["1"]


def test_a_dead_letter_is_no_failure() -> None:
    """The queue has it, and Lambda goes on behind the event."""
    letters = FakeDeadLetters()
    function = Lambda(DeadLetterOnPoison(letters, percent=10))
    function.topic.refused = '"item-4"'

    assert function.invoke(an_event(1, 10)) == []
    assert sorted(each for message in function.published for each in message) == sorted(
        set(ids(1, 10)) - {"item-4"}
    )
    (letter,) = letters.kept
    assert (letter.sequence_number, letter.shard_id) == ("4", "lambda-event-1")


def test_a_letter_that_is_refused_is_dealt_with_as_a_record_that_is() -> None:
    """Lambda halves the event until it is alone, and then is told of it."""
    letters = FakeDeadLetters(fails=BatchError("the queue refuses it"))
    function = Lambda(DeadLetterOnPoison(letters, percent=10))
    function.topic.refused = '"item-4"'

    assert function.invoke(an_event(1, 10)) == ["4"]
    with pytest.raises(
        PoisonError, match=r"record 4: .*; its dead letter is refused, too: the queue"
    ):
        function.invoke(an_event(4, 10))
    assert function.invoke(an_event(4, 4)) == ["4"]
    assert function.journal.notes[-1][0] == "record_refused"


def test_letters_are_counted_over_events() -> None:
    """Else a topic that refuses everything would empty the stream into the queue, ten by ten."""
    letters = FakeDeadLetters()
    function = Lambda(DeadLetterOnPoison(letters, percent=1))
    function.topic.refused = "item"

    assert function.invoke(an_event(1, 10)) == []
    assert function.invoke(an_event(11, 20)) == ["11"]
    assert len(letters.kept) == 10
    assert "it is not kept" in str(function.journal.notes[-1][1]["error"])


@pytest.mark.parametrize(
    ("failure", "event"),
    [
        (OperatorError("the topic is gone"), "event_failed"),
        (TransientError("no answer"), "event_cut_short"),
    ],
)
def test_what_failed_is_reported_with_its_reason(failure: PublishError, event: str) -> None:
    """From the first record that is not published."""
    function = Lambda()
    function.topic.fails = failure

    assert function.invoke(an_event(1, 10)) == ["1"]
    assert function.journal.notes == [
        (event, {"records": 10, "sequenceNumber": "1", "error": str(failure)})
    ]


def test_an_error_that_nobody_expected_is_reported() -> None:
    """With its type; what was published before it does not come again."""
    function = Lambda()
    function.topic.arrive = _arrive_once()

    assert function.invoke(an_event(1, 20)) == ["11"]
    assert (
        "event_failed",
        {"records": 10, "sequenceNumber": "11", "error": "KeyError: 'a bug'"},
    ) in function.journal.notes


def _arrive_once() -> Callable[..., Any]:
    """One message arrives, and then the publisher breaks."""
    calls = iter([1])

    def arrive(under_way: Any, wait: bool) -> Any:  # noqa: ANN401, FBT001
        if not wait:
            return ()
        if next(calls, None):
            return under_way[0][:1]
        raise KeyError("a bug")

    return arrive


def test_nothing_is_under_way_after_an_event() -> None:
    """The process goes on: what is sent behind its back could overtake the next event's."""
    function = Lambda()
    function.topic.limits = ConcurrencyLimits(calls=2, messages=1)
    function.topic.arrive = _arrive_once()

    assert function.invoke(an_event(1, 30)) == ["11"]
    assert function.topic.under_way == []


class BrokenSns:
    """An SNS client; while it is broken, two calls at a time fail in a way that nobody expects."""

    def __init__(self) -> None:
        self.is_broken = True
        self._meeting = Barrier(2)

    def get_topic_attributes(self, **_request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
        """The limit is SNS's own."""
        return {"Attributes": {}}

    def publish_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
        """Take every message, or fail."""
        if self.is_broken:
            self._meeting.wait(60)
            raise KeyError("a bug")
        entries = request["PublishBatchRequestEntries"]
        return {"Successful": [{"Id": entry["Id"], "MessageId": "m"} for entry in entries]}


def test_an_event_after_two_calls_failed_unexpectedly_is_published() -> None:
    """Nothing is left of them that would keep it from being sent."""
    sns, journal = BrokenSns(), FakeJournal()
    topic = a_publisher(sns, "arn:aws:sns:eu-west-1:123456789012:changes", journal=journal)
    destinations = Destinations(topic, None, StopOnPoison(), journal)
    function = Function(SETTINGS, destinations, Deadline(), {})
    failed = function.handle(an_event(1, 200), Invoked())
    sns.is_broken = False
    done = function.handle(an_event(1, 200), Invoked())

    assert failed == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert done == {"batchItemFailures": []}
    assert journal.events.count("event_failed") == 1


def test_an_event_of_another_table_is_refused() -> None:
    """A mapping that is wrong must not publish one table's changes as another's."""
    event = an_event(1, 1)
    record = a_function_record(1)
    record["eventSourceARN"] = record["eventSourceARN"].replace("orders", "invoices")
    event["Records"] = [record]

    with pytest.raises(EventError, match="of table 'invoices', not of 'orders'"):
        Lambda().invoke(event)


FOREIGN = (("eu-west-1", "us-east-1"), ("123456789012", "210987654321"))


@pytest.mark.parametrize(("own", "others"), FOREIGN)
def test_an_event_of_another_accounts_or_regions_table_is_refused(own: str, others: str) -> None:
    """Though the table has the same name: whoever may invoke could publish as this table."""
    event = an_event(1, 1)
    arn = event["Records"][0]["eventSourceARN"].replace(own, others)
    event["Records"][0]["eventSourceARN"] = arn

    with pytest.raises(EventError, match=f"{others}.*, not of region eu-west-1, account 1234"):
        Lambda().invoke(event)


@pytest.mark.parametrize(("own", "others"), FOREIGN)
def test_an_event_of_another_account_is_taken_where_that_stream_is_named(
    own: str, others: str
) -> None:
    """A stream may be shared with the function's account."""
    event = an_event(1, 1)
    arn = event["Records"][0]["eventSourceARN"].replace(own, others)
    event["Records"][0]["eventSourceARN"] = arn

    assert Lambda(settings=replace(SETTINGS, stream_arn=arn)).invoke(event) == []


def test_a_time_out_that_leaves_nothing_to_try_is_refused() -> None:
    """It says what to set; the records come again."""
    function = Lambda()
    with pytest.raises(TimeoutError, match=r"leaves 20 s.*set 60 s"):
        function.invoke(an_event(1, 10), millis=20_000)

    assert function.topic.messages == []


def test_a_deadline_leaves_room_for_a_call_and_the_answer() -> None:
    """A call may take 18 s, and two more are for everything else."""
    deadline = Deadline()
    assert deadline.seconds_left() == 0

    deadline.start(lambda: 60_000)
    assert deadline.seconds_left() == pytest.approx(40)
    assert deadline.seconds_left() == pytest.approx(40)

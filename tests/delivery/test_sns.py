"""Publishing: what is retried, how, and what is not."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from consumer.delivery.retries import CallLimits, Clocks
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.sns import SnsPublisher, sns_attributes
from consumer.publishing.batches import Batch
from consumer.publishing.errors import (
    BatchError,
    OperatorError,
    RetriesExhaustedError,
    TransientError,
)
from consumer.publishing.events import EVENTS
from consumer.publishing.messages import encode_message
from consumer.publishing.ports import ConcurrencyLimits
from tests.builders import FORM, a_batch
from tests.fakes import NO_WAITS, FakeJournal, a_publisher, retries_of

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
MESSAGE = encode_message(a_batch(1, 10), FORM)


def answer(code: str, status: int) -> ClientError:
    """An error that SNS answers with."""
    response: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Publish")


THROTTLED = answer("Throttling", 400)


class ScriptedSns:
    """An SNS client that fails in a given order, then succeeds."""

    def __init__(self, failures: Sequence[Exception]) -> None:
        self.failures = list(failures)
        self.requests: list[dict[str, Any]] = []

    def publish(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
        """Fail or take the message."""
        self.requests.append(request)
        if self.failures:
            raise self.failures.pop(0)
        return {"MessageId": "m-1"}


def publisher(client: Any, waits: list[float], *, gone: bool = False) -> SnsPublisher:  # noqa: ANN401
    """A publisher that only notes its waits."""
    return a_publisher(
        client,
        TOPIC,
        RetryPolicy(first_wait_seconds=0.2, longest_wait_seconds=5),
        limits=CallLimits(daemon_is_gone=lambda: gone),
        clocks=Clocks(sleep=waits.append),
    )


def test_the_request_carries_the_whole_message() -> None:
    """Topic, Subject, body and attributes, in SNS's words."""
    client = ScriptedSns([])
    publisher(client, []).publish(MESSAGE)
    (request,) = client.requests

    assert request["TopicArn"] == TOPIC
    assert (request["Subject"], request["Message"]) == (MESSAGE.subject, MESSAGE.body)
    assert request["MessageAttributes"] == sns_attributes(MESSAGE.attributes)


def test_a_passing_failure_fails_for_good_where_the_next_try_would_begin_too_late() -> None:
    """A function must answer before Lambda ends it: nothing begins that may not end in time."""
    client, waits = ScriptedSns([THROTTLED] * 40), list[float]()
    limits = CallLimits(seconds_left=lambda: 20 - sum(waits))
    policy, clocks = RetryPolicy(longest_wait_seconds=5), Clocks(sleep=waits.append)
    topic = a_publisher(client, TOPIC, policy, limits=limits, clocks=clocks)
    with pytest.raises(TransientError, match="no"):
        topic.publish(MESSAGE)

    assert 10 < sum(waits) < 20
    assert len(client.requests) == len(waits) + 1


def test_nothing_is_tried_once_no_time_is_left() -> None:
    """A message whose turn comes too late is left for the next invocation."""
    client, waits = ScriptedSns([]), list[float]()
    limits, clocks = CallLimits(seconds_left=lambda: 0), Clocks(sleep=waits.append)
    with pytest.raises(TransientError, match="no time is left"):
        a_publisher(client, TOPIC, limits=limits, clocks=clocks).publish(MESSAGE)

    assert (client.requests, waits) == ([], [])


def test_a_fifo_topic_gets_the_ids_it_needs() -> None:
    """And a standard topic, which refuses them, gets none."""
    fifo, standard = ScriptedSns([]), ScriptedSns([])
    for client, arn in ((fifo, f"{TOPIC}.fifo"), (standard, TOPIC)):
        a_publisher(client, arn).publish(MESSAGE)

    assert fifo.requests[0]["MessageGroupId"] == MESSAGE.group_id
    assert fifo.requests[0]["MessageDeduplicationId"] == MESSAGE.deduplication_id
    assert "MessageGroupId" not in standard.requests[0]


@pytest.mark.parametrize(
    ("groups", "calls", "messages"), [(1, 1, 1), (3, 3, 3), (8, 4, 8), (100, 4, 10)]
)
def test_a_fifo_topic_gets_a_message_of_each_group_side_by_side(
    groups: int, calls: int, messages: int
) -> None:
    """As far as calls may be in flight; a standard topic has no groups."""
    client: Any = ScriptedSns([])
    fifo, standard = (
        SnsPublisher(client, arn, retries_of(arn), most_calls=4, most_groups=groups)
        for arn in (f"{TOPIC}.fifo", TOPIC)
    )

    assert fifo.limits == ConcurrencyLimits(calls, messages)
    assert standard.limits == ConcurrencyLimits(4, 10)


def test_attributes_have_sns_types() -> None:
    """Text, number and list each have their own."""
    assert sns_attributes({"a": "x", "b": 3, "c": ["p", "q"]}) == {
        "a": {"DataType": "String", "StringValue": "x"},
        "b": {"DataType": "Number", "StringValue": "3"},
        "c": {"DataType": "String.Array", "StringValue": '["p","q"]'},
    }


def test_a_passing_failure_is_retried_for_as_long_as_it_takes() -> None:
    """Waits are jittered within growing bounds, and the same message is sent each time."""
    client, waits = ScriptedSns([THROTTLED] * 40), list[float]()
    receipt = publisher(client, waits).publish(MESSAGE)

    assert (receipt.message_id, receipt.attempts) == ("m-1", 41)
    bounds = [min(0.2 * 2**number, 5) for number in range(40)]
    assert all(0 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    assert len(set(waits)) > 30
    assert all(request == client.requests[0] for request in client.requests)


def test_each_retry_is_noted_with_its_reason_and_wait() -> None:
    """An operator sees since when it fails and why."""
    journal = FakeJournal()
    client = ScriptedSns([THROTTLED, THROTTLED])
    a_publisher(client, TOPIC, journal=journal, clocks=NO_WAITS).publish(MESSAGE)

    assert journal.events == ["publish_retried", "publish_retried"]
    facts = journal.notes[1][1]
    assert facts["attempts"] == 2
    assert "Throttling" in str(facts["error"])
    assert {"waitSeconds", "failingForSeconds"} <= facts.keys()


def test_what_an_operator_must_mend_is_tried_slowly_and_said_loudly() -> None:
    """Waits are long from the start; each line is an error and says what to do."""
    failures = [answer("NotFound", 404), answer("AuthorizationError", 403), THROTTLED]
    client, waits, journal = ScriptedSns(failures), list[float](), FakeJournal()
    policy, clocks = RetryPolicy(longest_wait_seconds=30), Clocks(sleep=waits.append)
    receipt = a_publisher(client, TOPIC, policy, journal, clocks=clocks).publish(MESSAGE)

    assert receipt.attempts == 4
    assert journal.events == ["publish_blocked", "publish_blocked", "publish_retried"]
    assert [15 <= wait <= 30 for wait in waits] == [True, True, False]
    assert "create it or correct the name" in str(journal.notes[0][1]["error"])
    assert EVENTS["publish_blocked"].level == "ERROR"


def test_patience_with_an_operator_can_end() -> None:
    """What passes in between doesn't count; the message is not taken for published."""
    failures = [answer("NotFound", 404), THROTTLED, *[answer("NotFound", 404)] * 10]
    client, clock = ScriptedSns(failures), count(step=40)
    policy = RetryPolicy(operator_patience_seconds=60)
    clocks = replace(NO_WAITS, monotonic=lambda: next(clock))
    with pytest.raises(OperatorError, match=TOPIC):
        a_publisher(client, TOPIC, policy, clocks=clocks).publish(MESSAGE)

    assert len(client.requests) == 4


def failing(count: int, error: Exception = THROTTLED) -> ScriptedSns:
    """An SNS client that fails so often."""
    return ScriptedSns([error] * count)


def test_a_message_can_be_given_up_after_so_many_tries() -> None:
    """The error says how often and for how long; one try fewer is no reason."""
    policy, clocks = RetryPolicy(most_attempts=5), replace(NO_WAITS, monotonic=lambda: 7.0)
    receipt = a_publisher(failing(4), TOPIC, policy, clocks=clocks).publish(MESSAGE)
    client = failing(9)
    with pytest.raises(
        RetriesExhaustedError, match=r"Throttling.*; given up after 5 attempts in 0 s"
    ):
        a_publisher(client, TOPIC, policy, clocks=clocks).publish(MESSAGE)

    assert receipt.attempts == 5
    assert len(client.requests) == 5


def test_a_message_can_be_given_up_for_its_age() -> None:
    """By the clock on the wall, from its oldest change; the first failure may be the last."""
    made_at = (MESSAGE.oldest_at_millis or 0) / 1000
    times = iter([made_at + 59, made_at + 60, made_at + 61])
    policy = RetryPolicy(oldest_seconds=60)
    clocks = replace(NO_WAITS, time_of_day=lambda: next(times))
    client = failing(9)
    with pytest.raises(RetriesExhaustedError, match="given up after 3 attempts"):
        a_publisher(client, TOPIC, policy, clocks=clocks).publish(MESSAGE)

    assert len(client.requests) == 3


def test_a_message_whose_age_nobody_knows_is_not_given_up_for_it() -> None:
    """It is tried for as long as it takes."""
    policy, unknown = RetryPolicy(oldest_seconds=1), replace(MESSAGE, oldest_at_millis=None)
    topic = a_publisher(failing(50), TOPIC, policy, clocks=NO_WAITS)

    assert topic.publish(unknown).attempts == 51


def test_what_an_operator_can_mend_is_never_given_up() -> None:
    """Nor does it count; and what passes is counted from there anew."""
    denied = answer("AuthorizationError", 403)
    few, old = RetryPolicy(most_attempts=3), RetryPolicy(oldest_seconds=1)
    client = ScriptedSns([*[denied] * 20, THROTTLED, THROTTLED, denied, THROTTLED, THROTTLED])
    counted = a_publisher(client, TOPIC, few, clocks=NO_WAITS)
    aged = a_publisher(failing(20, denied), TOPIC, old, clocks=NO_WAITS)

    assert counted.publish(MESSAGE).attempts == 26
    assert aged.publish(MESSAGE).attempts == 21


def test_asking_for_the_limit_is_never_given_up() -> None:
    """It is about no message."""
    client = LimitedSns(*[THROTTLED] * 20, 2048)
    policy = RetryPolicy(most_attempts=3, oldest_seconds=1)

    assert a_publisher(client, TOPIC, policy, clocks=NO_WAITS).largest_message() == 2048


def test_a_message_that_is_refused_for_its_content_is_raised_at_once() -> None:
    """Trying it again, as it is, can't help."""
    client, waits = ScriptedSns([answer("InvalidParameter", 400)]), list[float]()
    with pytest.raises(BatchError, match="InvalidParameter"):
        publisher(client, waits).publish(MESSAGE)

    assert (len(client.requests), waits) == (1, [])


def test_an_unknown_error_is_retried_and_marked() -> None:
    """Nothing is lost by trying; the line says that its class is a guess."""
    journal = FakeJournal()
    client = ScriptedSns([answer("NeverHeardOf", 400), THROTTLED])
    a_publisher(client, TOPIC, journal=journal, clocks=NO_WAITS).publish(MESSAGE)

    assert [facts["known"] for _, facts in journal.notes] == [False, True]


class LimitedSns:
    """An SNS client that tells a topic's limit, and counts how often it is asked."""

    def __init__(self, *limits: int | Exception | None) -> None:
        self.limits = list(limits)

    def get_topic_attributes(self, **_request: Any) -> dict[str, Any]:  # noqa: ANN401
        """The next limit; SNS doesn't return one that was never set."""
        limit = self.limits.pop(0)
        if isinstance(limit, Exception):
            raise limit
        return {"Attributes": {"MaximumMessageSize": str(limit)} if limit else {}}


def test_the_topics_own_limit_decides_and_is_asked_again_in_time() -> None:
    """A failure to ask again keeps what was known; one at first is retried."""
    times = [0.0]
    client = LimitedSns(THROTTLED, None, 1_048_576, answer("AuthorizationError", 403), 2048)
    clocks = replace(NO_WAITS, monotonic=lambda: times[-1])
    topic = a_publisher(client, TOPIC, clocks=clocks)

    def limit_at(moment: float) -> int:
        times.append(moment)
        return topic.largest_message()

    seen = [limit_at(moment) for moment in (0.0, 299.0, 301.0, 602.0, 700.0, 903.0)]
    assert seen == [262_144, 262_144, 1_048_576, 1_048_576, 1_048_576, 2048]
    assert client.limits == []


class RefusingSns(LimitedSns):
    """An SNS client that tells a topic's limit and refuses every message."""

    def publish(self, **_request: Any) -> dict[str, str]:  # noqa: ANN401
        """Refuse it."""
        raise answer("InvalidParameter", 400)


def test_the_limit_is_asked_for_anew_after_a_refusal() -> None:
    """It may have fallen: what is cut to the old one would be refused again and again."""
    topic = a_publisher(RefusingSns(262_144, 2048), TOPIC)
    assert topic.largest_message() == topic.largest_message() == 262_144
    topic.begin([MESSAGE])
    topic.finished(wait=True)

    assert topic.largest_message() == topic.largest_message() == 2048


def test_a_limit_in_doubt_is_asked_for_until_it_is_known() -> None:
    """The old one would make a dead letter of a message that is only too large by now."""
    topic = a_publisher(RefusingSns(262_144, THROTTLED, THROTTLED, 2048), TOPIC, clocks=NO_WAITS)
    topic.largest_message()
    topic.begin([MESSAGE])
    topic.finished(wait=True)

    assert topic.largest_message() == 2048


def test_a_limit_is_not_asked_for_where_no_time_is_left() -> None:
    """In a function the report must come in time; what held until now is as good a guess."""
    times, left = [0.0], [100.0]
    clocks = replace(NO_WAITS, monotonic=lambda: times[-1])
    limits = CallLimits(seconds_left=lambda: left[-1])
    topic = a_publisher(LimitedSns(1024), TOPIC, limits=limits, clocks=clocks)
    topic.largest_message()
    times.append(301.0)
    left.append(0.0)

    assert topic.largest_message() == 1024


def test_nobody_waits_for_the_answer_any_more() -> None:
    """A record processor whose daemon was killed ends rather than retry for ever."""
    client, waits = ScriptedSns([THROTTLED] * 3), list[float]()
    with pytest.raises(SystemExit) as ended:
        publisher(client, waits, gone=True).publish(MESSAGE)

    assert ended.value.code == 1
    assert waits == []


def test_a_fifo_topic_delivers_a_repeat_once() -> None:
    """What a crash made us publish again reaches a FIFO queue once."""
    with mock_aws():
        region = "eu-west-1"
        sns, sqs = boto3.client("sns", region_name=region), boto3.client("sqs", region_name=region)
        topic_arn = sns.create_topic(Name="changes.fifo", Attributes={"FifoTopic": "true"})[
            "TopicArn"
        ]
        url = sqs.create_queue(QueueName="seen.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        queue_arn = "arn:aws:sqs:eu-west-1:123456789012:seen.fifo"
        sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
        fifo = a_publisher(sns, topic_arn)
        for batch in (a_batch(1, 10), a_batch(1, 10), a_batch(11, 12)):
            fifo.publish(encode_message(batch, FORM))
        seen = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]

    assert len(seen) == 2


@pytest.mark.parametrize("group", [None, "t" * 255])
def test_a_fifo_topic_takes_the_longest_names(group: str | None) -> None:
    """A table's name may have 255 characters and a shard's id 65; an id has at most 128."""
    form = replace(FORM, table="t" * 255, shard_id="s" * 65, group_id=group)
    record = a_batch(1, 1).records[0]
    batch = Batch(
        (replace(record, sequence_number="1" * 40), replace(record, sequence_number="2" * 40))
    )
    with mock_aws():
        sns = boto3.client("sns", region_name="eu-west-1")
        arn = sns.create_topic(Name="changes.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
        message = encode_message(batch, form)

        assert a_publisher(sns, arn).publish(message).message_id
    assert max(len(message.group_id), len(message.deduplication_id)) <= 128

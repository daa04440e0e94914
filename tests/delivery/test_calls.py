"""Calls side by side: what of them is sent again, and what their outcomes are."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from consumer.delivery.calls import Call, Check
from consumer.delivery.error_classes import answered
from consumer.delivery.retries import CallLimits, Clocks, Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.sns import SnsPublisher
from consumer.publishing.errors import (
    BatchError,
    OperatorError,
    RetriesExhaustedError,
    TransientError,
    UnansweredError,
)
from consumer.publishing.messages import Message, encode_message
from consumer.publishing.ports import ConcurrencyLimits, PublishOutcome, Receipt
from consumer.sandbox.waits import wait_for
from tests.builders import FORM, a_batch
from tests.fakes import FakeJournal, a_publisher

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
MESSAGES = [encode_message(a_batch(10 * n + 1, 10 * n + 10), FORM) for n in range(5)]
PATIENCE = 60
PATIENT = RetryPolicy(first_wait_seconds=0.001)
ONCE = RetryPolicy(first_wait_seconds=0.001, most_attempts=1)
TAKEN = "taken"
UNANSWERED = EndpointConnectionError(endpoint_url="http://sns")
Script = Sequence[Mapping[str, str] | Exception]
"""For each PublishBatch the code of each message that fails, by its first record; or an error."""


class ScriptedSns:
    """An SNS client that answers in a given way, then takes everything.

    Attributes:
        sent: The first records of each request's messages.
        alone: Messages with these first records are refused when they come alone.
    """

    def __init__(self, *script: Mapping[str, str] | Exception, alone: Sequence[str] = ()) -> None:
        self._script, self.alone = list(script), alone
        self.sent: list[list[str]] = []

    def publish_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """Take each message or not."""
        entries = request["PublishBatchRequestEntries"]
        self.sent.append([_first(entry) for entry in entries])
        step = self._script.pop(0) if self._script else {}
        if isinstance(step, Exception):
            raise step
        failed = [
            {
                "Id": entry["Id"],
                "Code": step[_first(entry)],
                "Message": "no",
                "SenderFault": step[_first(entry)] != "Odd",
            }
            for entry in entries
            if step.get(_first(entry), TAKEN) != TAKEN
        ]
        missing = {entry["Id"] for entry in failed}
        taken = [
            {"Id": entry["Id"], "MessageId": f"m-{_first(entry)}"}
            for entry in entries
            if entry["Id"] not in missing
        ]
        return {"Successful": taken, "Failed": failed}

    def publish(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
        """Take it or not."""
        first = _first(request)
        self.sent.append([first])
        if first in self.alone:
            raise refusal()
        step = self._script.pop(0) if self._script else {}
        if isinstance(step, Exception):
            raise step
        if step.get(first, TAKEN) != TAKEN:
            raise refusal(step[first])
        return {"MessageId": f"m-{first}"}


def _first(entry: Mapping[str, Any]) -> str:
    return str(entry["MessageAttributes"]["firstSequenceNumber"]["StringValue"])


def refusal(code: str = "InvalidParameter") -> ClientError:
    """What SNS says of a request that it won't have."""
    return answered({"Code": code, "Message": "no", "SenderFault": True}, "Publish")


def all_outcomes(publisher: SnsPublisher) -> list[PublishOutcome]:
    """Wait for everything."""
    outcomes: list[PublishOutcome] = []
    while got := publisher.finished(wait=True):
        outcomes.extend(got)
    return outcomes


def results(outcomes: Sequence[PublishOutcome]) -> dict[str, Any]:
    """The result of each message, by its first record."""
    assert len({outcome.message.deduplication_id for outcome in outcomes}) == len(outcomes)
    return {str(each.message.attributes["firstSequenceNumber"]): each.result for each in outcomes}


def called(
    client: ScriptedSns,
    policy: RetryPolicy = PATIENT,
    messages: Sequence[Message] = tuple(MESSAGES[:3]),
    journal: FakeJournal | None = None,
    clocks: Clocks | None = None,
) -> dict[str, Any]:
    """Make one call; return the result of each message."""
    publisher = a_publisher(client, TOPIC, policy, journal, clocks=clocks)
    publisher.begin(messages)
    return results(all_outcomes(publisher))


def test_a_call_carries_every_message_whole() -> None:
    """As they are when they are published alone."""
    seen: list[Any] = []

    class Listening(ScriptedSns):
        def publish_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
            seen.append(request)
            return super().publish_batch(**request)

        def publish(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
            seen.append(request)
            return super().publish(**request)

    client = Listening()
    called(client)
    a_publisher(client, TOPIC).publish(MESSAGES[1])
    together, alone = seen

    assert together["TopicArn"] == alone.pop("TopicArn") == TOPIC
    assert together["PublishBatchRequestEntries"][1] == {"Id": "1", **alone}


def test_only_what_failed_is_sent_again() -> None:
    """The others are published, and said to be at once; the receipt tells of the call's tries."""
    client, journal = (
        ScriptedSns({"1": "InternalError", "21": "Throttled"}, {"21": "Odd"}),
        FakeJournal(),
    )
    outcomes = called(client, journal=journal)

    assert client.sent == [["1", "11", "21"], ["1", "21"], ["21"]]
    assert {first: result.attempts for first, result in outcomes.items()} == {
        "11": 1,
        "1": 2,
        "21": 3,
    }
    assert outcomes["11"].message_id == "m-11"
    assert journal.events == ["publish_retried", "publish_retried"]
    assert [facts["known"] for _, facts in journal.notes] == [True, True]


def test_an_entry_that_is_refused_is_not_sent_again() -> None:
    """Nor are those that were taken beside it."""
    client = ScriptedSns({"11": "InvalidParameter", "1": "InternalError"})
    outcomes = called(client)

    assert client.sent == [["1", "11", "21"], ["1"]]
    assert isinstance(outcomes["11"], BatchError)
    assert "InvalidParameter" in str(outcomes["11"])
    assert isinstance(outcomes["1"], Receipt)


def test_a_whole_call_that_fails_in_passing_is_sent_again() -> None:
    """All of it: nobody knows what was taken."""
    client = ScriptedSns(UNANSWERED)
    outcomes = called(client)

    assert client.sent == [["1", "11", "21"]] * 2
    assert {result.attempts for result in outcomes.values()} == {2}


def test_a_whole_call_that_is_refused_is_sent_one_by_one() -> None:
    """To see whose fault it is."""
    client = ScriptedSns(refusal(), alone=["11"])
    outcomes = called(client)

    assert client.sent == [["1", "11", "21"], ["1"], ["11"], ["21"]]
    assert [type(result) for result in outcomes.values()] == [Receipt, BatchError, Receipt]


class RefusingBatches(ScriptedSns):
    """An SNS client that refuses a batch, and tells of each message that comes alone."""

    def __init__(self, alone: Callable[[], object]) -> None:
        super().__init__(refusal())
        self._told = alone

    def publish(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
        """Take it, and tell."""
        answer = super().publish(**request)
        self._told()
        return answer


def test_nothing_is_sent_alone_once_the_call_is_cancelled() -> None:
    """The lease is lost: what left now would come after the next worker's newer changes."""
    cancelled: list[Sequence[PublishOutcome]] = []
    cancelling = threading.Thread(target=lambda: cancelled.append(publisher.cancel()))

    def cancel() -> None:
        cancelling.start()
        wait_for(lambda: publisher._calls._is_cancelled)

    client = RefusingBatches(cancel)
    publisher = a_publisher(client, TOPIC, PATIENT)
    publisher.begin(MESSAGES[:3])
    wait_for(lambda: bool(cancelled))
    cancelling.join(PATIENCE)

    assert client.sent == [["1", "11", "21"], ["1"]]
    assert [(each.message, type(each.result)) for each in cancelled[0]] == [(MESSAGES[0], Receipt)]


def test_nothing_is_sent_alone_once_the_daemon_is_gone() -> None:
    """Its heir may have read the same records."""
    gone: list[bool] = []
    client = RefusingBatches(lambda: gone.append(True))
    limits = CallLimits(daemon_is_gone=lambda: bool(gone))
    publisher = a_publisher(client, TOPIC, PATIENT, limits=limits)
    publisher.begin(MESSAGES[:3])
    with pytest.raises(SystemExit):
        all_outcomes(publisher)

    assert client.sent == [["1", "11", "21"], ["1"]]


def test_nothing_is_sent_alone_once_no_time_is_left() -> None:
    """What was taken is said to be; Lambda must learn of the rest before it ends the function."""
    seconds = [20.0]
    client = RefusingBatches(lambda: seconds.append(0))
    limits = CallLimits(seconds_left=lambda: seconds[-1])
    publisher = a_publisher(client, TOPIC, PATIENT, limits=limits)
    publisher.begin(MESSAGES[:3])
    outcomes = results(all_outcomes(publisher))

    assert client.sent == [["1", "11", "21"], ["1"]]
    assert [type(outcomes[first]) for first in ("1", "11", "21")] == [
        Receipt,
        TransientError,
        TransientError,
    ]


def test_an_answer_that_leaves_a_message_out_is_no_receipt() -> None:
    """It is sent again."""

    class Silent(ScriptedSns):
        def publish_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
            answer = super().publish_batch(**request)
            return {"Successful": answer["Successful"][1:]} if len(self.sent) == 1 else answer

    client, journal = Silent(), FakeJournal()
    outcomes = called(client, journal=journal)

    assert client.sent == [["1", "11", "21"], ["1"]]
    assert all(isinstance(result, Receipt) for result in outcomes.values())
    assert journal.notes[0][1]["known"] is False


def test_what_an_operator_must_mend_is_waited_for_and_said_loudly() -> None:
    """One such entry decides the wait of the call."""
    codes = {"1": "InternalError", "11": "KMSDisabled"}
    client, journal = ScriptedSns(codes), FakeJournal()
    policy = RetryPolicy(first_wait_seconds=0.001, longest_wait_seconds=0.01)
    outcomes = called(client, policy, journal=journal)

    assert journal.events == ["publish_blocked"]
    assert client.sent[1] == ["1", "11"]
    assert len(outcomes) == 3


def test_patience_with_an_operator_ends_for_all_that_is_left() -> None:
    """The others are published."""
    client = ScriptedSns({"1": "NotFound", "11": "InternalError"})
    outcomes = called(client, RetryPolicy(operator_patience_seconds=0))

    assert isinstance(outcomes["1"], OperatorError)
    assert isinstance(outcomes["11"], OperatorError)
    assert isinstance(outcomes["21"], Receipt)


def test_each_message_is_given_up_for_itself() -> None:
    """By its own tries and age; the rest of the call is tried on."""
    client = ScriptedSns({"1": "Throttled", "11": "Throttled"}, {"11": "Throttled"})
    old = MESSAGES[0].oldest_at_millis or 0
    policy = RetryPolicy(first_wait_seconds=0.001, oldest_seconds=0.005)
    clocks = Clocks(time_of_day=lambda: (old + 10) / 1000)
    outcomes = called(client, policy, clocks=clocks)

    assert isinstance(outcomes["1"], RetriesExhaustedError)
    assert "given up after 1 attempt in" in str(outcomes["1"])
    assert client.sent == [["1", "11", "21"], ["11"], ["11"]]
    assert outcomes["11"].attempts == 3


def test_a_message_is_given_up_after_so_many_tries() -> None:
    """What succeeds before is not."""
    client = ScriptedSns(*[{"1": "Throttled"}] * 9)
    outcomes = called(client, RetryPolicy(first_wait_seconds=0.001, most_attempts=3))

    assert isinstance(outcomes["1"], RetriesExhaustedError)
    assert len(client.sent) == 3


class HeldSns(ScriptedSns):
    """An SNS client whose calls wait until they are let go, by their first message's record."""

    def __init__(self, *script: Mapping[str, str] | Exception) -> None:
        super().__init__(*script)
        self.gates = {str(10 * n + 1): threading.Event() for n in range(5)}
        self.entered = {first: threading.Event() for first in self.gates}

    def publish(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
        """Wait, then take it or not."""
        self.entered[_first(request)].set()
        assert self.gates[_first(request)].wait(PATIENCE)
        return super().publish(**request)


def test_calls_are_under_way_side_by_side() -> None:
    """A later one may end first, and is told of while the other goes on."""
    client = HeldSns()
    publisher = a_publisher(client, TOPIC)
    for message in MESSAGES[:2]:
        publisher.begin([message])
    for first in ("1", "11"):
        assert client.entered[first].wait(PATIENCE)
    assert publisher.finished(wait=False) == []
    client.gates["11"].set()
    (second,) = publisher.finished(wait=True)
    client.gates["1"].set()
    (first_outcome,) = all_outcomes(publisher)

    assert (second.message, first_outcome.message) == (MESSAGES[1], MESSAGES[0])
    assert publisher.finished(wait=True) == []


class BrokenSns(ScriptedSns):
    """An SNS client whose calls fail in a way that nobody expects.

    Attributes:
        meeting: Where so many calls and the test wait for each other before the calls fail.
        is_broken: Whether calls fail.
    """

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.meeting = threading.Barrier(calls + 1)
        self.is_broken = True

    def publish_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """Raise, or take each message."""
        if not self.is_broken:
            return super().publish_batch(**request)
        self.meeting.wait(PATIENCE)
        raise KeyError("a bug")


def test_calls_that_fail_unexpectedly_are_drained_and_raised_once() -> None:
    """What comes next finds nothing of them: neither a second error, nor that it is cancelled."""
    sns = BrokenSns(3)
    publisher = a_publisher(sns, TOPIC, PATIENT)
    for number in range(3):
        publisher.begin(MESSAGES[number : number + 2])
    sns.meeting.wait(PATIENCE)
    with pytest.raises(KeyError, match="a bug"):
        publisher.finished(wait=True)

    assert publisher.cancel() == []
    sns.is_broken = False
    publisher.begin(MESSAGES[:2])
    assert [type(outcome.result) for outcome in publisher.finished(wait=True)] == [Receipt] * 2


def test_an_unexpected_failure_of_a_cancelled_call_is_raised_when_all_are_over() -> None:
    """Nobody has heard of it before."""
    sns = BrokenSns(2)
    publisher = a_publisher(sns, TOPIC, PATIENT)
    for number in range(2):
        publisher.begin(MESSAGES[number : number + 2])
    sns.meeting.wait(PATIENCE)
    with pytest.raises(KeyError, match="a bug"):
        publisher.cancel()

    assert publisher.cancel() == []
    assert publisher.finished(wait=True) == []


def test_a_cancelled_call_is_not_sent_again() -> None:
    """What is being sent ends first, and its outcome is told; a wait for the next try ends now."""
    client, journal = HeldSns(refusal("Throttled")), FakeJournal()
    policy = RetryPolicy(first_wait_seconds=1e9, longest_wait_seconds=1e9)
    publisher = a_publisher(client, TOPIC, policy, journal)
    client.gates["1"].set()
    publisher.begin([MESSAGES[0]])
    while not journal.notes:
        assert client.entered["1"].wait(PATIENCE)
    publisher.begin([MESSAGES[1]])
    assert client.entered["11"].wait(PATIENCE)
    client.gates["11"].set()
    outcomes = publisher.cancel()

    assert [outcome.message for outcome in outcomes] == [MESSAGES[1]]
    assert [first for (first,) in client.sent] == ["1", "11"]
    assert publisher.finished(wait=True) == []


def _nobody(_messages: Sequence[Message], _check: Check) -> Sequence[TransientError]:
    return [UnansweredError("nobody there")]


def _may() -> None:
    """A further request may be sent."""


def test_a_call_without_an_answer_waits_no_longer_than_for_anothers() -> None:
    """The outage is over then, however long it has let the wait grow."""
    client, journal = HeldSns(UNANSWERED), FakeJournal()
    policy = RetryPolicy(first_wait_seconds=1e9, longest_wait_seconds=1e9)
    publisher = a_publisher(client, TOPIC, policy, journal)
    publisher.begin([MESSAGES[0]])
    assert client.entered["1"].wait(PATIENCE)
    publisher.begin([MESSAGES[1]])
    assert client.entered["11"].wait(PATIENCE)
    client.gates["1"].set()
    while not journal.notes:
        time.sleep(0.001)
    client.gates["11"].set()

    assert results(all_outcomes(publisher)).keys() == {"1", "11"}
    assert [first for (first,) in client.sent] == ["1", "11", "1"]


def test_a_call_is_hurried_once() -> None:
    """Where some are answered and some never, the waits of these must grow."""
    call = Call(MESSAGES[:1], _nobody, Retries("topic", PATIENT, FakeJournal()), print)
    with pytest.raises(UnansweredError):
        call.attempt(5, _may)
    before = [call.can_retry_now(answered) for answered in (5, 6)]
    with pytest.raises(UnansweredError):
        call.attempt(6, _may)

    assert before == [False, True]
    assert not call.can_retry_now(7)


def test_a_call_that_is_given_up_hurries_no_other() -> None:
    """It is over, and nobody has answered."""
    call = Call(MESSAGES[:1], _nobody, Retries("topic", ONCE, FakeJournal()), print)

    assert not call.attempt(0, _may)


def test_a_daemon_that_is_gone_ends_the_thread_that_waits() -> None:
    """Wherever it shows."""
    limits = CallLimits(daemon_is_gone=lambda: True)
    publisher = a_publisher(ScriptedSns(), TOPIC, limits=limits)
    publisher.begin(MESSAGES[:2])
    with pytest.raises(SystemExit) as ended:
        publisher.finished(wait=True)

    assert ended.value.code == 1


def test_a_standard_topic_has_lanes_and_a_fifo_topic_one_for_one_message() -> None:
    """The group is the shard: nothing of it may be under way beside it."""
    client = ScriptedSns()
    made = a_publisher(client, TOPIC), a_publisher(client, f"{TOPIC}.fifo")

    assert [each.limits for each in made] == [ConcurrencyLimits(4, 10), ConcurrencyLimits(1, 1)]


def test_an_entrys_error_has_a_class_of_its_own() -> None:
    """What is not the sender's fault passes, whatever its code."""
    client = ScriptedSns({"1": "Odd", "11": "NeverHeardOf"})
    outcomes = called(client, ONCE)

    assert isinstance(outcomes["1"], RetriesExhaustedError)
    assert isinstance(outcomes["11"], RetriesExhaustedError)
    assert not isinstance(outcomes["1"], TransientError)

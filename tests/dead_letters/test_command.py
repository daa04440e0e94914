"""Letters are listed, shown and published after all."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.sqs_dead_letters import Sender, SqsDeadLetters
from consumer.publishing.dead_letter import QUEUE_LIMIT, DeadLetter
from consumer.publishing.snapshots import Run, snapshot_record
from tests.builders import SUBJECT, a_document, a_raw_record
from tests.dead_letters.office import Office, open_office
from tests.fakes import FakeJournal
from tests.schemas.validation import CheckedSubscription

_PUBLISHED = "{} published, {} not published and still in the queue\n"


@pytest.fixture
def office() -> Iterator[Office]:
    """An empty queue and a topic, in memory."""
    with open_office() as opened:
        yield opened


def test_letters_are_listed_with_their_reason(office: Office) -> None:
    """For a person and for a machine; listing takes nothing away."""
    office.put(7)
    shown = office.run("list")
    (listed,) = office.listed()

    assert shown.exit_code == 0
    assert "1 dead letter" in shown.stdout
    assert listed["id"] in shown.stdout
    assert (listed["sequenceNumber"], listed["reason"]) == ("7", "the topic refused it")
    assert (listed["table"], listed["shardId"], listed["complete"]) == ("orders", "shardId-1", True)


@pytest.mark.parametrize("reason", ["no key [/a-z]", "no key [a-z/]", "[bold]no key[/bold]"])
def test_a_reason_is_listed_as_it_is(office: Office, reason: str) -> None:
    """What looks like markup is none; and nothing is cut, however narrow the terminal."""
    number = 300000000000000001300
    office.put(number, reason=f"{reason} {'and more ' * 20}")
    shown = office.run("list")

    assert shown.exit_code == 0, shown.exception
    assert f"{reason} {'and more ' * 20}".rstrip() in shown.stdout
    for whole in (office.listed()[0]["id"], str(number), "shardId-1"):
        assert whole in shown.stdout


def test_a_letter_is_shown_with_its_record(office: Office) -> None:
    """As it came; an id that nobody has is said to be none."""
    office.put(7)
    office.put(8)
    wanted = office.listed()[1]
    shown = office.run("show", wanted["id"])
    missing = office.run("show", "no-such-id")

    record = json.loads(shown.stdout)["record"]["json"]
    assert record["dynamodb"]["SequenceNumber"] == wanted["sequenceNumber"]
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "no-such-id: no dead letter has this id" in missing.stderr


def test_redriven_letters_arrive_in_the_normal_form_and_leave_the_queue(office: Office) -> None:
    """Marked as redriven."""
    for number in (7, 8, 9):
        office.put(number)
    with CheckedSubscription(office.topic_arn) as subscription:
        done = office.run("redrive", "--all")
        received = subscription.receive(wait_seconds=0)

    assert (done.exit_code, done.stdout) == (0, _PUBLISHED.format("3 dead letters", 0))
    assert sorted(message.entries[0]["newImage"]["id"]["S"] for message in received) == [
        "item-7",
        "item-8",
        "item-9",
    ]
    assert {message.subject for message in received} == {SUBJECT}
    assert {message.attributes["redriven"] for message in received} == {"true"}
    assert office.listed() == []


@pytest.mark.parametrize("envelope", ["cloudevents", "change"])
def test_redriven_letters_arrive_in_the_form_that_is_set(
    office: Office, envelope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the workers."""
    monkeypatch.setenv("PUBLISHER_ENVELOPE", envelope)
    office.put(7)
    with CheckedSubscription(office.topic_arn) as subscription:
        office.run("redrive", "--all")
        (received,) = subscription.receive(wait_seconds=0)

    assert [entry["newImage"]["id"]["S"] for entry in received.entries] == ["item-7"]
    assert (received.attributes["envelope"], received.attributes["redriven"]) == (
        f"{envelope}/1",
        "true",
    )


def test_a_redriven_letter_carries_what_the_workers_let_through(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue has the whole record; no filter holds for it again."""
    monkeypatch.setenv("PUBLISHER_EXCLUDE_ATTRIBUTES", "amount")
    monkeypatch.setenv("PUBLISHER_FILTER", '{"eventName": ["INSERT"]}')
    office.put(7)
    with CheckedSubscription(office.topic_arn) as subscription:
        office.run("redrive", "--all")
        (received,) = subscription.receive(wait_seconds=0)

    assert [entry["newImage"] for entry in received.entries] == [{"id": {"S": "item-7"}}]


def test_a_letter_of_a_backfill_is_redriven_as_the_snapshot_that_it_is(office: Office) -> None:
    """Its segment is its shard."""
    run, image = Run(1_700_000_000), {"id": {"S": "item-7"}}
    raw = snapshot_record(run, image, image, "0")
    letter = DeadLetter(run.shard_id(3), raw.sequence_number, raw.data, "the topic refused it")
    retries = Retries("queue", RetryPolicy(), FakeJournal())
    SqsDeadLetters(office.sqs, office.queue_url, Sender("orders", "w"), retries).send(letter)
    with CheckedSubscription(office.topic_arn) as subscription:
        done = office.run("redrive", "--all")
        (received,) = subscription.receive(wait_seconds=0)

    assert (done.exit_code, done.stdout) == (0, _PUBLISHED.format("1 dead letter", 0))
    assert received.entries == [{"eventName": "SNAPSHOT", "newImage": image, "oldImage": None}]
    assert received.attributes["shardId"] == "snapshot-20231114T221320Z-3"


def test_one_letter_can_be_chosen(office: Office) -> None:
    """The others stay."""
    office.put(7)
    office.put(8)
    chosen, other = (letter["id"] for letter in office.listed())
    done = office.run("redrive", chosen, "no-such-id")

    assert done.exit_code == 1
    assert "no-such-id: no dead letter has this id" in done.stderr
    assert done.stdout == _PUBLISHED.format("1 dead letter", 0)
    assert [letter["id"] for letter in office.listed()] == [other]


def test_a_letter_that_still_cant_be_published_stays(office: Office) -> None:
    """Each with its reason; the status says that some are left."""
    office.put(1, b"\xff")
    office.put(2, b'"' + b"x" * QUEUE_LIMIT + b'"')
    office.put(3, b"[1]")
    office.sqs.send_message(QueueUrl=office.queue_url, MessageBody="somebody else's")
    done = office.run("redrive", "--all")

    assert done.exit_code == 1
    assert done.stdout == _PUBLISHED.format("0 dead letters", 4)
    assert done.stderr.count("\n") == 4
    for reason in ("not JSON", "too large for the queue", "not a JSON object", "not a dead letter"):
        assert reason in done.stderr
    assert len(office.listed()) == 4


def a_large_record(number: int) -> bytes:
    """One that neither queue nor topic takes."""
    document = a_document(number, "INSERT")
    document["dynamodb"]["NewImage"]["text"] = {"S": "ç" * QUEUE_LIMIT}
    return json.dumps(document).encode()


@pytest.fixture
def office_with_bucket(office: Office) -> Office:
    """The same with a bucket."""
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="large-changes")
    return replace(office, bucket="large-changes")


def test_a_large_letter_is_whole_with_a_bucket(office_with_bucket: Office) -> None:
    """Listed as complete, shown with its record, and redriven, through the claim check."""
    office, record = office_with_bucket, a_large_record(7)
    office.put(7, record)
    (listed,) = office.listed()
    shown = office.run("show", listed["id"])
    with CheckedSubscription(office.topic_arn) as subscription:
        done = office.run("redrive", "--all")
        (received,) = subscription.receive(wait_seconds=0)

    assert listed["complete"] is True
    assert json.loads(shown.stdout)["record"]["json"] == json.loads(record)
    assert (done.exit_code, done.stdout) == (0, _PUBLISHED.format("1 dead letter", 0))
    assert received.entries[0]["newImage"]["text"] == {"S": "ç" * QUEUE_LIMIT}
    assert received.attributes["ExtendedPayloadSize"] == len(received.body.encode())
    assert office.listed() == []


def test_a_large_letter_whose_record_is_gone_stays(office_with_bucket: Office) -> None:
    """It is shown as it lies in the queue; redrive says what is missing."""
    office = office_with_bucket
    office.put(7, a_large_record(7))
    key = "letters/orders/shardId-1/7"
    boto3.client("s3", region_name="us-east-1").delete_object(Bucket="large-changes", Key=key)
    (listed,) = office.listed()
    shown, done = office.run("show", listed["id"]), office.run("redrive", "--all")

    assert json.loads(shown.stdout)["record"] == {"s3": {"bucket": "large-changes", "key": key}}
    assert (done.exit_code, done.stdout) == (1, _PUBLISHED.format("0 dead letters", 1))
    for outcome in (shown, done):
        assert f"{listed['id']}: s3://large-changes/{key}: is not there any more" in outcome.stderr


def test_a_topic_that_is_gone_leaves_every_letter(office: Office) -> None:
    """Nothing is deleted that was not published."""
    office.put(7)
    office.topic_arn += "-gone"
    done = office.run("redrive", "--all")

    assert done.exit_code == 1
    assert "doesn't exist" in done.stderr
    assert len(office.listed()) == 1


def test_what_to_redrive_must_be_said(office: Office) -> None:
    """Neither nothing nor both."""
    assert office.run("redrive").exit_code == 2
    assert office.run("redrive", "x", "--all").exit_code == 2


def test_a_hopeless_letter_is_discarded(office: Office) -> None:
    """By its id, and only with --yes where nobody can be asked; then a redrive of all succeeds."""
    office.put(7, b"\xff")
    office.put(8)
    hopeless = office.listed()[0]["id"]
    unasked = office.run("discard", hopeless)
    done = office.run("discard", hopeless, "no-such-id", "--yes")
    redriven = office.run("redrive", "--all")

    assert (unasked.exit_code, "add --yes" in unasked.stderr) == (2, True)
    assert (done.exit_code, done.stdout) == (1, "1 dead letter deleted\n")
    assert "no-such-id: no dead letter has this id" in done.stderr
    assert (redriven.exit_code, redriven.stdout) == (0, _PUBLISHED.format("1 dead letter", 0))


def test_of_many_with_one_reason_ten_are_listed(office: Office) -> None:
    """All of them with --all, and in JSON."""
    for number in range(12):
        office.put(number)
    few, every = office.run("list"), office.run("list", "--all")

    assert "12 dead letters: the topic refused it" in few.stdout
    assert few.stdout.count("shardId-1") == 10
    assert "and 2 more; --all lists them" in few.stdout
    assert every.stdout.count("shardId-1") == 12
    assert [line["keys"] for line in office.listed()] == [
        {"id": {"S": f"item-{number}"}} for number in range(12)
    ]


def test_a_missing_queue_is_said_in_one_line(office: Office) -> None:
    """Whether it is not set, not a queue, or not there."""
    gone = Office(office.sqs, office.queue_url + "-gone", office.topic_arn)
    unset = Office(office.sqs, "", office.topic_arn)
    nonsense = Office(office.sqs, "letters", office.topic_arn)
    lines = [each.run("list") for each in (gone, unset, nonsense)]

    assert [line.exit_code for line in lines] == [2, 2, 2]
    assert [line.stderr.count("\n") for line in lines] == [1, 1, 1]
    assert "doesn't exist" in lines[0].stderr
    assert "is missing" in lines[1].stderr
    assert "is not a queue's URL" in lines[2].stderr


def forged(office: Office, **changes: Any) -> str:  # noqa: ANN401 - any JSON value
    """Put a letter that somebody has changed into the queue; return its id."""
    letter = {
        "table": "orders",
        "shardId": "shardId-1",
        "sequenceNumber": "7",
        "class": "record's",
        "reason": "the topic refused it",
        "time": "2026-01-31T12:00:00.000+00:00",
        "workerId": "worker-1",
        "complete": True,
        "record": {"json": json.loads(a_raw_record(7, "INSERT").data)},
        **changes,
    }
    sent = office.sqs.send_message(QueueUrl=office.queue_url, MessageBody=json.dumps(letter))
    return str(sent["MessageId"])


ELSEWHERE = {"s3": {"bucket": "somebody-elses", "key": "letters/orders/shardId-1/7"}}
OTHER_KEY = {"s3": {"bucket": "large-changes", "key": "payroll/2026.json"}}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"table": "payroll"}, "is of table 'payroll', not of 'orders'"),
        ({"record": ELSEWHERE}, "names s3://somebody-elses/letters/orders/shardId-1/7"),
        ({"record": OTHER_KEY}, "its record can only be at s3://large-changes/letters/orders"),
        ({"shardId": 7}, "is not a dead letter"),
        ({"shardId": "a shard"}, "is not a dead letter"),
        ({"sequenceNumber": "seven"}, "is not a dead letter"),
        ({"sequenceNumber": "7" * 65}, "is not a dead letter"),
        ({"class": "mine"}, "is not a dead letter"),
        ({"reason": None}, "is not a dead letter"),
        ({"complete": "yes"}, "is not a dead letter"),
        ({"record": []}, "is not a dead letter"),
        ({"record": {}}, "is not a dead letter"),
        ({"record": {"s3": {"bucket": 7, "key": "k"}}}, "is not a dead letter"),
        ({"record": {"base64": "%"}}, "is not a dead letter"),
        ({"record": {"json": [1]}}, "not a JSON object"),
    ],
)
def test_a_forged_letter_is_reported_and_left_and_the_others_go_on(
    office_with_bucket: Office, changes: dict[str, Any], problem: str
) -> None:
    """Nothing of it is fetched or published; it doesn't stop a redrive of all."""
    office = office_with_bucket
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="somebody-elses")
    for place in (ELSEWHERE["s3"], OTHER_KEY["s3"]):
        secret = a_raw_record(9, "INSERT").data
        s3.put_object(Bucket=place["bucket"], Key=place["key"], Body=secret)
    letter_id = forged(office, **changes)
    office.put(8)
    shown = office.run("show", letter_id)
    with CheckedSubscription(office.topic_arn) as subscription:
        done = office.run("redrive", "--all")
        received = subscription.receive(wait_seconds=0)

    assert (done.exit_code, done.stdout) == (1, _PUBLISHED.format("1 dead letter", 1))
    assert problem in done.stderr
    assert [message.entries[0]["newImage"]["id"]["S"] for message in received] == ["item-8"]
    assert [each["id"] for each in office.listed()] == [letter_id]
    assert shown.exit_code == 0
    assert "item-9" not in shown.stdout


def test_what_a_letter_says_never_reaches_the_terminal_raw(office: Office) -> None:
    """An escape sequence could set the clipboard; a machine reads ASCII."""
    office.put(7, reason="\x1b]52;c;Zm9v\x07 \u202eabc ção")
    office.sqs.send_message(QueueUrl=office.queue_url, MessageBody="\u009b31m somebody's")
    listed, for_a_machine = office.run("list"), office.run("list", "--json")
    shown = [office.run("show", each["id"]) for each in office.listed()]

    for result in (listed, *shown):
        assert result.exit_code == 0, result.exception
        assert not set("\x1b\x07\x9b\u202e") & set(result.stdout)
    assert "\\x1b]52;c;Zm9v \\u202eabc ção" in listed.stdout
    assert for_a_machine.stdout.isascii()

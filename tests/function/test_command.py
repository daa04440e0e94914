"""What the function would make of an event."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from consumer.cli import main
from tests.builders import SUBJECT
from tests.function.events import a_function_record, an_event
from tests.places import ROOT
from tests.schemas.validation import check_message

SAMPLES = ROOT / "samples"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"


def simulate(
    *arguments: str, event: object = None, environ: Mapping[str, str] | None = None
) -> Result:
    """`stream-publisher simulate`, with an event in standard input where one is given."""
    text = None if event is None else json.dumps(event)
    return CliRunner().invoke(main, ["simulate", *arguments], input=text, env=environ or {})


def lines(result: Result) -> list[dict[str, Any]]:
    """The objects that it printed."""
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("name", "counts", "reported"),
    [
        ("insert", [1], 0),
        ("modify", [1], 0),
        ("remove", [1], 0),
        ("types", [1], 0),
        ("batch", [10, 1], 0),
        ("poison", [1], 1),
    ],
)
def test_a_sample_gives_messages_and_an_answer(name: str, counts: list[int], reported: int) -> None:
    """With no settings at all; the status says whether something would come again."""
    result = simulate(str(SAMPLES / f"{name}.json"), "--json")
    messages = [line for line in lines(result) if line["kind"] == "message"]
    answer = lines(result)[-1]

    assert [message["attributes"]["recordCount"] for message in messages] == counts
    assert messages[0]["subject"] == SUBJECT
    assert messages[0]["attributes"]["table"] == "orders"
    assert len(answer["batchItemFailures"]) == reported
    assert result.exit_code == (1 if reported else 0)


def test_samples_have_every_kind_of_change_and_every_type() -> None:
    """They are what one tries a subscriber with."""
    texts = [file.read_text() for file in sorted(SAMPLES.glob("*.json"))]
    whole = "".join(texts)

    assert [kind for kind in ("INSERT", "MODIFY", "REMOVE") if kind not in whole] == []
    kinds = ("S", "N", "B", "SS", "NS", "BS", "L", "M", "BOOL", "NULL")
    assert [kind for kind in kinds if f'"{kind}": ' not in whole] == []


@pytest.mark.parametrize(
    ("envelope", "messages", "records"), [("cloudevents", 2, 10), ("change", 11, None)]
)
def test_messages_are_shown_in_the_form_that_is_set(
    envelope: str, messages: int, records: int | None
) -> None:
    """As the function would publish them."""
    environ = {"PUBLISHER_ENVELOPE": envelope}
    result = simulate(str(SAMPLES / "batch.json"), "--json", environ=environ)
    shown = [line for line in lines(result) if line["kind"] == "message"]

    assert len(shown) == messages
    assert shown[0]["attributes"].get("recordCount") == records
    for message in shown:
        check_message(json.dumps(message["body"]), message["attributes"])


def test_a_person_sees_subject_attributes_body_and_answer() -> None:
    """The body on lines of its own."""
    result = simulate(str(SAMPLES / "insert.json"), "--verbose")

    for part in (
        "Message 1:",
        SUBJECT,
        "recordCount",
        '"eventName": "INSERT"',
    ):
        assert part in result.stdout
    assert 'Lambda is told: {"batchItemFailures": []}' in result.stdout


def test_several_events_are_shown_one_after_the_other() -> None:
    """Each under its name; one that fails decides the status."""
    files = [str(SAMPLES / f"{name}.json") for name in ("insert", "poison")]
    shown, as_json = simulate(*files), simulate(*files, "--json")

    assert (shown.exit_code, as_json.exit_code) == (1, 1)
    assert [line for line in shown.stdout.splitlines() if line.endswith(".json:")] == [
        f"{file}:" for file in files
    ]
    assert [line["file"] for line in lines(as_json) if line["kind"] == "answer"] == files


def test_the_mistakes_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    """And nothing is shown of the others."""
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    result = simulate(str(SAMPLES / "insert.json"), str(bad), "missing.json")

    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        str(bad),
        "missing.json",
    ]


def test_a_subject_is_not_cut_on_a_narrow_terminal() -> None:
    """Nor is any attribute."""
    environ = {"PUBLISHER_SUBJECT": "x" * 99, "COLUMNS": "80"}
    result = simulate(str(SAMPLES / "insert.json"), "--verbose", environ=environ)

    assert "x" * 99 in result.stdout


def test_numbers_are_shown_as_they_are_published() -> None:
    """A float would round them."""
    record = a_function_record(5)
    record["dynamodb"]["NewImage"]["amount"] = {"N": "0.1000000000000000000000000000001"}
    environ = {"PUBLISHER_PLAIN_IMAGES": "true"}
    shown, line, as_json = (
        simulate("-", *options, event={"Records": [record]}, environ=environ)
        for options in (["--verbose"], [], ["--json"])
    )

    assert '"amount": 0.1000000000000000000000000000001' in shown.stdout
    assert "amount 5.10 → 0.1000000000000000000000000000001" in line.stdout
    assert '"amount":0.1000000000000000000000000000001' in as_json.stdout


def test_a_first_record_that_cant_be_published_is_shown_with_what_lambda_does() -> None:
    """Nothing is told; the invocation fails."""
    event = an_event(1, 3)
    event["Records"][0]["eventName"] = "REPLACE"
    shown, as_json = (simulate("-", *options, event=event) for options in ([], ["--json"]))

    assert shown.exit_code == as_json.exit_code == 1
    assert "The invocation fails, so that Lambda splits the event: record 1:" in shown.stdout
    assert [line["kind"] for line in lines(as_json)] == ["failure", "answer"]


def test_a_dead_letter_is_shown(tmp_path: Path) -> None:
    """With the settings of a worker's file; nothing is sent."""
    file = tmp_path / "my.properties"
    file.write_text(
        "applicationName = app\npublisher.table = orders\npublisher.onPoison = dead-letter\n"
        "publisher.deadLetterQueueUrl = https://sqs.eu-west-1.amazonaws.com/123456789012/letters\n"
    )
    sample = str(SAMPLES / "poison.json")
    shown, as_json = (simulate(sample, "-p", str(file), *options) for options in ([], ["--json"]))

    assert shown.exit_code == 0
    assert "Dead letter: record" in shown.stdout
    assert [line["kind"] for line in lines(as_json)] == [
        "message",
        "message",
        "dead-letter",
        "answer",
    ]


def test_a_change_that_is_too_large_shows_its_pointer() -> None:
    """Where there is a bucket; it would be refused without."""
    record = a_function_record(5)
    record["dynamodb"]["NewImage"]["text"] = {"S": "x" * 300_000}
    event = {"Records": [record]}
    kept = simulate("-", "--json", event=event, environ={"PUBLISHER_CLAIM_CHECK_BUCKET": "large"})
    refused = simulate("-", "--json", event=event)

    assert lines(kept)[0]["body"][1]["s3BucketName"] == "large"
    assert (kept.exit_code, refused.exit_code) == (0, 1)
    assert "is too large" in refused.stdout


def test_each_record_is_shown_with_why_it_stays_or_goes() -> None:
    """Where a setting filters; one that can't be read is no filter's to judge."""
    event = an_event(1, 3)
    event["Records"][1]["eventName"] = "REPLACE"
    event["Records"][2]["dynamodb"]["NewImage"]["amount"] = {"N": "5"}
    five = '{"dynamodb": {"NewImage": {"amount": {"N": [{"numeric": ["=", 5]}]}}}}'
    shown, as_json = (
        simulate("-", *options, event=event, environ={"PUBLISHER_FILTER": five})
        for options in ([], ["--json"])
    )
    records = [line for line in lines(as_json) if line["kind"] == "record"]

    assert "Record 1 goes: dynamodb.NewImage.amount.N is" in shown.stdout
    assert "Record 3 stays: publisher.filter matches" in shown.stdout
    assert [record["stays"] for record in records] == [False, True, True]
    assert records[1]["reason"].startswith("it can't be read: eventName is 'REPLACE'")
    assert lines(as_json)[-1]["batchItemFailures"] == [{"itemIdentifier": "2"}]


@pytest.mark.parametrize("envelope", ["list", "cloudevents", "change"])
def test_a_change_has_its_line_in_every_form_of_message(envelope: str) -> None:
    """Whatever is around its entry."""
    environ = {"PUBLISHER_ENVELOPE": envelope}
    result = simulate(str(SAMPLES / "insert.json"), environ=environ)

    assert "Message 1: 1 change," in result.stdout
    assert "\n  INSERT " in result.stdout


def test_a_filtered_event_is_done() -> None:
    """Lambda hands nothing of it over again."""
    environ = {"PUBLISHER_FILTER": '{"eventName": ["REMOVE"]}'}
    shown = lines(simulate(str(SAMPLES / "insert.json"), "--json", environ=environ))

    assert [line["kind"] for line in shown] == ["record", "answer"]
    assert shown[-1] == {"kind": "answer", "batchItemFailures": []}


def test_no_records_are_no_messages() -> None:
    """As the last event of a window may be."""
    assert lines(simulate("-", "--json", event={"Records": []})) == [
        {"kind": "answer", "batchItemFailures": []}
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "-: is not JSON"),
        ("[" * 100_000, "-: is not JSON"),
        ("[]", "-: the event has no list of Records"),
        ('{"Records": [{}, 3]}', "-: record 1: eventSourceARN is None"),
    ],
)
def test_what_is_no_event_is_named_in_a_line(text: str, told: str) -> None:
    """Status 2, and a line for each record that is none."""
    result = CliRunner().invoke(main, ["simulate", "-"], input=text)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(told)
    assert result.stderr.count("\n") == (2 if "Records" in text and "{}" in text else 1)


@pytest.mark.parametrize(
    ("arguments", "environ", "told"),
    [
        (["missing.json"], {}, "missing.json: can't be read"),
        (["-p", "missing.properties"], {}, "missing.properties: can't be read"),
        ([], {"PUBLISHER_BATCH_SIZE": "0"}, "publisher.batchSize = '0'"),
        ([], {"PUBLISHER_TABLE": "invoices"}, "insert.json: the event is of table 'orders'"),
        (["--publish"], {}, "publisher.topicArn: is missing"),
    ],
)
def test_what_cant_be_used_is_named_in_a_line(
    arguments: list[str], environ: dict[str, str], told: str
) -> None:
    """Status 2."""
    files = [] if arguments[:1] == ["missing.json"] else [str(SAMPLES / "insert.json")]
    result = simulate(*files, *arguments, environ=environ)

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert told in result.stderr


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with mock_aws():
        yield


@pytest.mark.usefixtures("aws")
def test_publish_publishes() -> None:
    """A queue of the topic gets both messages of the sample, under the ids that are shown."""
    topic = boto3.client("sns", region_name="eu-west-1")
    queues = boto3.client("sqs", region_name="eu-west-1")
    topic.create_topic(Name="changes")
    url = queues.create_queue(QueueName="all")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    topic.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=arn["QueueArn"])
    result = simulate(
        str(SAMPLES / "batch.json"), "--publish", "--json", environ={"PUBLISHER_TOPIC_ARN": TOPIC}
    )
    received = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    envelopes = [json.loads(message["Body"]) for message in received]
    shown = [line for line in lines(result) if line["kind"] == "message"]

    assert result.exit_code == 0
    assert {each["MessageId"]: json.loads(each["Message"]) for each in envelopes} == {
        each["messageId"]: each["body"] for each in shown
    }
    assert len(shown) == 2


@pytest.mark.usefixtures("aws")
def test_a_topic_that_is_not_there_is_told() -> None:
    """Status 1: nothing is published, and Lambda would hand everything over again."""
    result = simulate(
        str(SAMPLES / "insert.json"), "--publish", environ={"PUBLISHER_TOPIC_ARN": TOPIC}
    )

    assert result.exit_code == 1
    assert "Not published from record" in result.stdout
    assert "doesn't exist" in result.stdout

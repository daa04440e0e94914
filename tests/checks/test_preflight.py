"""Everything that can be checked is checked before the daemon starts."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from consumer.checks.preflight import check
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.resolve import resolve

REGION = "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:changes"


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A host with a java, jars, credentials and a region, and AWS in memory."""
    (tmp_path / "java").touch(mode=0o755)
    (tmp_path / "daemon.jar").touch()
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    with mock_aws():
        boto3.client("sns").create_topic(Name="changes")
        yield {"PATH": path, "PUBLISHER_JARS": str(tmp_path), "PUBLISHER_TOPIC_ARN": TOPIC}


def create_table(view: str | None = "NEW_AND_OLD_IMAGES") -> str:
    """A table with a stream of the given view, or without one; returns the stream's ARN."""
    stream: Any = {"StreamEnabled": view is not None}
    table = boto3.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification=stream | ({"StreamViewType": view} if view else {}),
    )
    return table["TableDescription"].get("LatestStreamArn", "")


def problems(environ: dict[str, str]) -> list[str]:
    """What is wrong with the set-up."""
    with pytest.raises(ConfigurationError) as caught:
        checked(environ)
    return list(caught.value.mistakes)


def checked(environ: dict[str, str]) -> str:
    """Check the set-up; return the stream's ARN."""
    defaults = {"publisher.table": "orders", "applicationName": "app"}
    return check(resolve(defaults, environ), environ)


def test_a_sound_set_up_gives_the_streams_arn(environ: dict[str, str]) -> None:
    """It is looked up from the table's name."""
    arn = create_table()

    assert checked(environ) == arn


@pytest.mark.parametrize("view", ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE"])
def test_a_view_that_lacks_images_is_refused(environ: dict[str, str], view: str) -> None:
    """Both images were promised."""
    create_table(view)
    (line,) = problems(environ)

    assert f"has the view {view}" in line
    assert "NEW_AND_OLD_IMAGES" in line


def test_a_table_without_a_stream_is_refused(environ: dict[str, str]) -> None:
    """The line says which view to enable."""
    create_table(None)
    (line,) = problems(environ)

    assert (
        line == "publisher.table = 'orders': has no enabled stream; enable one with the view "
        "NEW_AND_OLD_IMAGES"
    )


def test_a_missing_table_and_a_missing_topic_are_named_together(environ: dict[str, str]) -> None:
    """Every problem at once."""
    table, topic = problems({**environ, "PUBLISHER_TOPIC_ARN": f"{TOPIC}-gone"})

    assert table.startswith("publisher.table = 'orders': doesn't exist")
    assert topic.startswith(f"publisher.topicArn = '{TOPIC}-gone': doesn't exist")


def test_a_missing_dead_letter_queue_is_named(environ: dict[str, str]) -> None:
    """A letter must have somewhere to go before the first one is written."""
    create_table()
    url = f"https://sqs.{REGION}.amazonaws.com/123456789012/letters"
    settings = {"PUBLISHER_ON_POISON": "dead-letter", "PUBLISHER_DEAD_LETTER_QUEUE_URL": url}
    (line,) = problems({**environ, **settings})
    boto3.client("sqs").create_queue(QueueName="letters")

    assert line.startswith(f"publisher.deadLetterQueueUrl = '{url}': doesn't exist")
    assert checked({**environ, **settings})


def test_a_dead_letter_queue_for_small_messages_is_refused(environ: dict[str, str]) -> None:
    """A letter must fit that has a whole record in it."""
    create_table()
    queues = boto3.client("sqs")
    small = queues.create_queue(QueueName="letters", Attributes={"MaximumMessageSize": "262143"})
    url = small["QueueUrl"]
    settings = {"PUBLISHER_ON_POISON": "dead-letter", "PUBLISHER_DEAD_LETTER_QUEUE_URL": url}
    (line,) = problems({**environ, **settings})
    queues.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "262144"})

    assert line == (
        f"publisher.deadLetterQueueUrl = '{url}': takes messages of 262143 bytes, but a dead "
        "letter may have 262144; set the queue's MaximumMessageSize to 262144 or more"
    )
    assert checked({**environ, **settings})


def test_a_missing_bucket_is_named(environ: dict[str, str]) -> None:
    """S3 answers without a word; the line has the key, and what to do."""
    create_table()
    settings = {**environ, "PUBLISHER_CLAIM_CHECK_BUCKET": "large-changes"}
    (line,) = problems(settings)
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="large-changes")

    assert line.startswith(
        "publisher.claimCheckBucket = 'large-changes' of account 123456789012: doesn't exist"
    )
    assert checked(settings)


def test_wrong_credentials_are_named_for_each_thing_that_was_asked_about(
    environ: dict[str, str],
) -> None:
    """Table, topic and lease table, a line each; moto answers for tables in a form of its own."""
    create_table()

    @set_initial_no_auth_action_count(0)
    def with_wrong_credentials() -> list[str]:
        return problems(environ)

    table, topic, leases = with_wrong_credentials()
    assert table.startswith("publisher.table = 'orders': DescribeTable is not allowed")
    assert topic.startswith(f"publisher.topicArn = '{TOPIC}': the credentials are not accepted")
    assert leases.startswith("lease table 'app' of applicationName: DescribeTable is not allowed")
    assert "\n" not in table + topic + leases


def test_missing_programs_are_named_together(environ: dict[str, str], tmp_path: Path) -> None:
    """Java, jars and the record processor."""
    create_table()
    (tmp_path / "java").unlink()
    (tmp_path / "daemon.jar").unlink()
    bare = {**environ, "PATH": str(tmp_path), "KCL_EXECUTABLE_NAME": "no-such-program -x"}
    java, jars, program = problems(bare)

    assert java.startswith("java: ")
    assert jars.startswith("publisher.jars: ")
    assert "'no-such-program'" in program


def test_the_region_may_stand_in_the_variable_of_either_sdk(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3 reads AWS_DEFAULT_REGION, Java AWS_REGION; an operator sets one of them."""
    create_table()
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert checked({**environ, "AWS_REGION": REGION})
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_REGION")
    assert checked(environ)


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("AWS_PROFILE", "nope", "nope"),
        ("AWS_ENDPOINT_URL_SNS", "127.0.0.1:9", "127.0.0.1:9"),
        ("AWS_ENDPOINT_URL_SNS", "http://", "http://"),
    ],
)
def test_what_boto3_trips_over_is_named(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, variable: str, value: str, named: str
) -> None:
    """A profile, a file or an endpoint that can't be used: lines, no trace."""
    create_table()
    monkeypatch.setenv(variable, value)

    assert named in " ".join(problems(environ))


def test_missing_credentials_and_region_are_named_together(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked of AWS without them."""
    with monkeypatch.context() as bare:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            bare.delenv(name)
        bare.setenv("AWS_EC2_METADATA_DISABLED", "true")
        bare.setenv("HOME", "/nowhere")
        region, credentials = problems(environ)

    assert region.startswith("regionName: no region is set")
    assert credentials.startswith("AwsCredentialsProvider: no credentials")


def test_an_endpoint_that_cant_be_reached_is_named(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to look at."""
    create_table()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", "http://127.0.0.1:9")
    (line,) = problems(environ)

    assert line.startswith(f"publisher.topicArn = '{TOPIC}': can't be reached")

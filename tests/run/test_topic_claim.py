"""A worker doesn't start beside one of the same application that publishes to another topic."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from consumer.fleet.table_creation import create_tables
from consumer.fleet.table_forms import coordinator_form
from consumer.run.topic_claim import TopicClaims
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.kcl import KclSettings
from consumer.settings.resolve import resolve

TOPIC = "arn:aws:sns:eu-west-1:123456789012:{}"


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """DynamoDB in memory, with the coordinator's table."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        create_tables(client, [coordinator_form(KclSettings(application_name="app"))])
        yield client


def configuration(topic: str, **more: str) -> Configuration:
    """The configuration of a worker that publishes to this topic."""
    settings = {
        "PUBLISHER_TABLE": "orders",
        "PUBLISHER_TOPIC_ARN": TOPIC.format(topic),
        "KCL_APPLICATION_NAME": "app",
    }
    return resolve({}, settings | more)


def claims(worker: str, topic: str, **more: str) -> TopicClaims:
    """A worker's claim of a topic."""
    return TopicClaims(configuration(topic, **more), worker)


def rows(tables: Any) -> dict[str, str]:  # noqa: ANN401 - boto3's client
    """The topics in the coordinator table."""
    items = tables.scan(TableName="app-CoordinatorState", ConsistentRead=True)["Items"]
    return {item["key"]["S"]: item["topicArn"]["S"] for item in items}


def report(tables: Any, worker: str, seconds_ago: int) -> None:  # noqa: ANN401 - boto3's client
    """A worker's report."""
    name = "app-WorkerMetricStats"
    if name not in tables.list_tables()["TableNames"]:
        tables.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "wid", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "wid", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    at = str(int(time.time()) - seconds_ago)
    tables.put_item(TableName=name, Item={"wid": {"S": worker}, "lut": {"N": at}})


def test_workers_with_one_topic_start_side_by_side(tables: Any) -> None:  # noqa: ANN401
    """Each has a claim of its own."""
    claims("w1", "one").take(beside_others=False)
    claims("w2", "one").take(beside_others=False)

    assert rows(tables) == {f"Worker/{each}": TOPIC.format("one") for each in ("w1", "w2")}


def test_a_second_topic_is_refused_with_the_first(tables: Any) -> None:  # noqa: ANN401
    """And leaves no trace, so that it keeps nobody from a start."""
    claims("w1", "one").take(beside_others=False)
    with pytest.raises(ConfigurationError) as caught:
        claims("w2", "two").take(beside_others=False)
    (line,) = caught.value.mistakes

    assert line.startswith(f"publisher.topicArn = '{TOPIC.format('two')}': worker w1 of ")
    assert f"publishes to '{TOPIC.format('one')}'; stop it first" in line
    assert rows(tables) == {"Worker/w1": TOPIC.format("one")}


def test_a_check_alone_writes_nothing(tables: Any) -> None:  # noqa: ANN401
    """And refuses the same."""
    claims("w1", "one").check()
    assert rows(tables) == {}

    claims("w1", "one").take(beside_others=False)
    with pytest.raises(ConfigurationError):
        claims("w2", "two").check()
    assert list(rows(tables)) == ["Worker/w1"]


def test_a_topic_is_changed_once_its_workers_are_gone(tables: Any) -> None:  # noqa: ANN401
    """By a worker of the same name at once, by another one when no report is fresh."""
    claims("w1", "one").take(beside_others=False)
    claims("w1", "two").take(beside_others=False)
    report(tables, "w1", -1)
    with pytest.raises(ConfigurationError):
        claims("w2", "three").take(beside_others=False)
    later = TopicClaims(configuration("three"), "w2", now=lambda: time.time() + 60)
    later.take(beside_others=False)

    assert rows(tables)["Worker/w2"] == TOPIC.format("three")


def test_a_topic_is_changed_on_purpose_without_a_pause(tables: Any) -> None:  # noqa: ANN401
    """By --change-topic, one worker after the other."""
    claims("w1", "one").take(beside_others=False)
    claims("w2", "two").take(beside_others=True)

    assert rows(tables) == {"Worker/w1": TOPIC.format("one"), "Worker/w2": TOPIC.format("two")}


def test_claims_of_long_gone_workers_are_deleted(tables: Any) -> None:  # noqa: ANN401
    """A container has another name at each start."""
    TopicClaims(configuration("one"), "old", now=lambda: time.time() - 90_000).take(
        beside_others=False
    )
    claims("new", "one").take(beside_others=False)

    assert list(rows(tables)) == ["Worker/new"]


def before(worker: TopicClaims, call: str, act: Callable[[Any], object]) -> None:
    """Do something before each call of this kind that a worker makes."""

    def handle(params: Any, **_more: object) -> None:  # noqa: ANN401 - boto3's parameters
        act(params)

    events = worker._table.tables.meta.events
    events.register(f"before-parameter-build.dynamodb.{call}", handle)


def deny(_params: Any) -> None:  # noqa: ANN401 - boto3's parameters
    """Refuse a call, as a policy does."""
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Call")


def claim_of_yesterday(worker: str, topic: str) -> None:
    """Leave a claim without a report."""
    then = time.time() - 90_000
    TopicClaims(configuration(topic), worker, now=lambda: then).take(beside_others=True)


def test_a_claim_that_is_written_anew_is_not_deleted(tables: Any) -> None:  # noqa: ANN401
    """Its worker starts after the old one was read; so the later of two topics is refused."""
    claim_of_yesterday("w2", "two")
    slow, fast = claims("w1", "one"), claims("w2", "two")
    starts = iter([lambda: fast.take(beside_others=False)])
    before(slow, "DeleteItem", lambda _params: next(starts, lambda: None)())
    with pytest.raises(ConfigurationError, match="worker w2"):
        slow.take(beside_others=False)

    assert rows(tables)["Worker/w2"] == TOPIC.format("two")


def test_an_old_claim_that_can_t_be_deleted_keeps_nobody_from_a_start(
    tables: Any,  # noqa: ANN401
) -> None:
    """It is deleted at another start."""
    claim_of_yesterday("old", "one")
    worker = claims("new", "two")
    before(worker, "DeleteItem", deny)
    worker.take(beside_others=False)

    assert rows(tables).keys() == {"Worker/old", "Worker/new"}


def test_a_refusal_names_the_other_worker_although_its_own_claim_stays(
    tables: Any,  # noqa: ANN401
) -> None:
    """The claim is no worker's, and is taken for none soon."""
    claims("w1", "one").take(beside_others=False)
    worker = claims("w2", "two")
    before(worker, "DeleteItem", deny)
    with pytest.raises(ConfigurationError, match="worker w1 of "):
        worker.take(beside_others=False)

    assert rows(tables).keys() == {"Worker/w1", "Worker/w2"}


def test_reports_that_can_t_be_read_are_named(tables: Any) -> None:  # noqa: ANN401
    """They are in another table than the claims."""
    report(tables, "w1", 0)

    def deny_reports(params: Any) -> None:  # noqa: ANN401 - boto3's parameters
        if params["TableName"] == "app-WorkerMetricStats":
            deny(params)

    worker = claims("w1", "one")
    before(worker, "Scan", deny_reports)
    with pytest.raises(ConfigurationError, match="app-WorkerMetricStats"):
        worker.check()

"""Properties and environment become a configuration, or every mistake at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.resolve import resolve

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
ENOUGH = {"publisher.table": "orders", "publisher.topicArn": TOPIC, "applicationName": "app"}


def mistakes(properties: dict[str, str], environ: dict[str, str] | None = None) -> list[str]:
    """What is wrong with a configuration."""
    with pytest.raises(ConfigurationError) as caught:
        resolve(properties, environ or {})
    return list(caught.value.mistakes)


def test_three_keys_are_enough() -> None:
    """Everything else has a default."""
    configuration = resolve(ENOUGH, {})

    assert configuration.table == "orders"
    assert configuration.stream_arn is None
    assert configuration.publisher.batch_size == 10
    assert configuration.publisher.batch_max_wait_millis == 1000
    assert configuration.publisher.subject == "Publicação DynamoDB Stream"
    assert configuration.kcl.initial_position_in_stream == "TRIM_HORIZON"


def test_the_environment_alone_is_enough() -> None:
    """A container needs no file."""
    environ = {
        "PUBLISHER_TABLE": "orders",
        "PUBLISHER_TOPIC_ARN": TOPIC,
        "KCL_APPLICATION_NAME": "app",
        "KCL_MAX_RECORDS": "100",
    }
    configuration = resolve({}, environ)

    assert (configuration.table, configuration.kcl.max_records) == ("orders", 100)


def test_the_environment_wins_over_the_file() -> None:
    """One image serves every environment."""
    environ = {"PUBLISHER_BATCH_SIZE": "5", "KCL_WORKER_ID": "worker-3"}
    configuration = resolve({**ENOUGH, "publisher.batchSize": "7"}, environ)

    assert configuration.publisher.batch_size == 5
    assert configuration.kcl.worker_id == "worker-3"


def test_placeholders_are_filled_from_the_environment() -> None:
    """With a default where there is one; set to nothing counts as not set."""
    properties = {
        **ENOUGH,
        "publisher.table": "${STAGE}-orders",
        "applicationName": "${APP:-fallback}",
        "publisher.subject": "${EMPTY:-x}",
    }
    configuration = resolve(properties, {"STAGE": "test", "EMPTY": ""})

    assert configuration.table == "test-orders"
    assert configuration.kcl.application_name == "fallback"
    assert configuration.publisher.subject == "x"


def test_a_placeholder_that_nothing_fills_is_a_mistake() -> None:
    """It names the key, the variable and both ways out."""
    (line,) = mistakes({**ENOUGH, "publisher.subject": "Changes of ${STAGE}"})

    assert line.startswith("publisher.subject: names ${STAGE}, which is not set")
    assert "${STAGE:-default}" in line


@pytest.mark.parametrize("key", ["publisher.streamArn", "streamName"])
def test_a_stream_arn_is_enough_to_know_the_table(key: str) -> None:
    """Under our name or under KCL's."""
    configuration = resolve(
        {key: STREAM, "publisher.topicArn": TOPIC, "applicationName": "app"}, {}
    )

    assert configuration.stream_arn == STREAM
    assert configuration.table == "orders"


def test_every_mistake_is_named_at_once() -> None:
    """An operator mends a file once, not once a line."""
    found = mistakes(
        {
            "publisher.topicArn": "changes",
            "publisher.batchSize": "0",
            "publisher.batchSiz": "10",
            "failovertimemillis": "1",
            "failoverTimeMillis": "soon",
            "initialPositionInStream": "AT_TIMESTAMP",
            "publisher.subject": "two\nlines",
        },
        {"PUBLISHER_TABEL": "orders"},
    )

    assert [line.split(" =")[0].split(":")[0] for line in found] == [
        "publisher.batchSiz",
        "failovertimemillis",
        "PUBLISHER_TABEL",
        "publisher.topicArn",
        "publisher.batchSize",
        "publisher.subject",
        "applicationName",
        "initialPositionInStream",
        "failoverTimeMillis",
        "publisher.table",
    ]
    assert not any("\n" in line for line in found)


@pytest.mark.parametrize("value", ["${A", "${A:-${B}}", "${1}"])
def test_a_placeholder_that_is_none_is_a_mistake(value: str) -> None:
    """It would stay in the value as it is."""
    lines = mistakes({**ENOUGH, "publisher.subject": value}, {"A": "", "B": ""})

    assert any("publisher.subject: has a ${ that is no" in line for line in lines)


def test_the_table_must_be_the_streams() -> None:
    """The message's attribute would lie."""
    (line,) = mistakes({**ENOUGH, "publisher.table": "invoices", "publisher.streamArn": STREAM})

    assert line.startswith("publisher.table = 'invoices': is not the table of")


def test_what_kubernetes_sets_for_a_service_is_not_ours() -> None:
    """A service called publisher stands in every pod's environment."""
    environ = {
        "PUBLISHER_SERVICE_HOST": "10.0.0.1",
        "PUBLISHER_SERVICE_PORT": "80",
        "PUBLISHER_SERVICE_PORT_HTTP": "80",
        "PUBLISHER_PORT": "tcp://10.0.0.1:80",
        "PUBLISHER_PORT_80_TCP_ADDR": "10.0.0.1",
    }

    assert resolve(ENOUGH, environ).table == "orders"


def test_dead_letters_need_a_queue() -> None:
    """Both are wanted or none."""
    (line,) = mistakes({**ENOUGH, "publisher.onPoison": "dead-letter"})

    assert line.startswith("publisher.deadLetterQueueUrl: is missing")


@pytest.mark.parametrize("key", ["publisher.maxAttempts", "publisher.maxRecordAge"])
def test_giving_up_needs_dead_letters(key: str) -> None:
    """What is given up must have somewhere to go; 0 gives nothing up."""
    queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/letters"
    letters = {"publisher.onPoison": "dead-letter", "publisher.deadLetterQueueUrl": queue}
    (line,) = mistakes({**ENOUGH, key: "10"})

    assert line.startswith(f"{key} = '10': needs publisher.onPoison = dead-letter")
    assert resolve({**ENOUGH, key: "0"}, {})
    assert resolve({**ENOUGH, key: "10", **letters}, {})


@pytest.mark.parametrize(
    ("properties", "environ", "nearest"),
    [
        ({"publisher.topicARN": "x"}, {}, "publisher.topicArn"),
        ({"shutdownGraceMilis": "1"}, {}, "shutdownGraceMillis"),
        ({}, {"PUBLISHER_TOPICARN": "x"}, "PUBLISHER_TOPIC_ARN"),
        ({}, {"KCL_APPLICATION": "x"}, "KCL_APPLICATION_NAME"),
        ({"topicArn": "x"}, {}, "publisher.topicArn"),
        ({"publisher.maxRecords": "1"}, {}, "maxRecords"),
    ],
)
def test_an_unknown_name_is_told_its_nearest(
    properties: dict[str, str], environ: dict[str, str], nearest: str
) -> None:
    """A misspelt setting must not be silently without effect."""
    (line,) = mistakes({**ENOUGH, **properties}, environ)

    assert f"did you mean {nearest}?" in line


@pytest.mark.parametrize(
    ("properties", "environ"),
    [({"publisher.foo": "x"}, {}), ({}, {"KCL_FOO": "x"}), ({}, {"PUBLISHER_URL": "x"})],
)
def test_an_unknown_name_that_is_like_none_is_told_to_be_removed(
    properties: dict[str, str], environ: dict[str, str]
) -> None:
    """What all names begin with makes none of them alike."""
    (line,) = mistakes({**ENOUGH, **properties}, environ)

    assert line.endswith("; remove it")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("publisher.table", "a b", "is not a table's name"),
        ("publisher.streamArn", TOPIC, "is not a table's stream ARN"),
        ("publisher.topicArn", STREAM, "is not a topic's ARN"),
        ("publisher.subject", "x" * 100, "has 100 characters; SNS takes 1 to 99"),
        ("publisher.subject", "a\tb", "control characters"),
        ("publisher.batchSize", "101", "is too large; set 1 to 100"),
        ("publisher.batchSize", "ten", "is not a whole number; set 1 to 100"),
        ("publisher.plainImages", "perhaps", "is neither true nor false; set true or false"),
        ("publisher.batchSize", "9" * 5_000, "is too large; set 1 to 100"),
        ("publisher.batchMaxWaitMillis", "-1", "is too small; set 0 to 3600000"),
        ("publisher.logFormat", "xml", "is none of its values; set json or human"),
        ("publisher.onPoison", "skip", "set stop or dead-letter"),
        ("publisher.deadLetterQueueUrl", "letters", "is not a queue's URL"),
        ("publisher.deadLetterMaxPercent", "0", "is too small; set 1 to 100"),
        ("publisher.claimCheckBucket", "s3://large", "is not a bucket's name"),
        ("publisher.table", "tabelaç", "is not a table's name"),
        ("publisher.topicArn", TOPIC.replace("eu-west-1", "eu_west"), "is not a topic's ARN"),
        ("executableName", " ", "names no program"),
        ("workerId", " ", "is blank"),
        ("tableName", "a b", "is not a table's name"),
        ("failoverTimeMillis", "9" * 20, "is too large; set 1000 to 600000"),
        ("maxActiveThreads", "1", "is too large; set 0"),
        ("maxRecords", "1001", "is too large; set 1 to 1000"),
        ("shutdownGraceMillis", "0", "is too small; set 1 to 3600000"),
        ("workerMetricsEMAAlpha", "0", "is too small; set more than 0, at most 1"),
        ("workerMetricsEMAAlpha", "1.5", "is too large; set more than 0, at most 1"),
        ("maxThroughputPerHostKBps", "much", "is not a number; set more than 0"),
        ("applicationName", "a/b", "is not a table's name"),
        ("metricsLevel", "ALL", "set NONE, SUMMARY or DETAILED"),
    ],
)
def test_a_value_out_of_range_is_named_with_its_reason(key: str, value: str, reason: str) -> None:
    """The line has the key, the value and what is wrong with it."""
    (line,) = mistakes({**ENOUGH, key: value})

    assert line.startswith(f"{key} = {value!r}: ")
    assert reason in line


@given(st.dictionaries(st.sampled_from([*ENOUGH, "maxRecords", "x"]), st.text()), st.text())
def test_any_text_gives_a_configuration_or_mistakes(properties: dict[str, str], value: str) -> None:
    """Nothing else ever escapes."""
    outcome: Configuration | tuple[str, ...]
    try:
        outcome = resolve(properties, {"PUBLISHER_SUBJECT": value})
    except ConfigurationError as error:
        outcome = error.mistakes

    assert isinstance(outcome, Configuration) or all(outcome)

"""Properties and environment become a configuration, or every mistake at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.kcl import REFUSED
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


def test_a_placeholder_of_an_overridden_key_needs_no_variable() -> None:
    """The environment wins: what the file says of that key doesn't count."""
    properties = {**ENOUGH, "publisher.subject": "Changes of ${STAGE}"}

    assert resolve(properties, {"PUBLISHER_SUBJECT": "x"}).publisher.subject == "x"


@pytest.mark.parametrize(
    "name", ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "DB_PASSWORD"]
)
@pytest.mark.parametrize("rest", ["", ":-none"])
def test_a_placeholder_that_names_a_secret_is_refused(name: str, rest: str) -> None:
    """Settings are logged and published; the line names the variable, never its value."""
    (line,) = mistakes({**ENOUGH, "publisher.subject": f"a ${{{name}{rest}}}"}, {name: "hidden"})

    assert line == (
        f"publisher.subject: names ${{{name}}}, a secret; settings are logged and published: "
        "remove it"
    )


def test_two_names_of_one_stream_may_stand_side_by_side() -> None:
    """They say the same."""
    configuration = resolve({**ENOUGH, "publisher.streamArn": STREAM, "streamName": STREAM}, {})

    assert configuration.stream_arn == STREAM


def test_two_streams_are_refused() -> None:
    """One of them would be ignored."""
    other = STREAM.replace("2026", "2025")
    (line,) = mistakes({**ENOUGH, "publisher.streamArn": STREAM, "streamName": other})

    assert line.startswith(f"streamName = '{other}': is not publisher.streamArn = '{STREAM}'")


@pytest.mark.parametrize("key", ["publisher.streamArn", "streamName"])
def test_a_stream_arn_is_enough_to_know_the_table(key: str) -> None:
    """Under our name or under KCL's."""
    configuration = resolve(
        {key: STREAM, "publisher.topicArn": TOPIC, "applicationName": "app"}, {}
    )

    assert configuration.stream_arn == STREAM
    assert configuration.table == "orders"


def test_every_mistake_is_named_at_once() -> None:
    """An operator fixes a file once, not once a line."""
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


def test_a_mask_needs_a_key_which_no_mistake_shows() -> None:
    """It is a secret, whatever is wrong with it."""
    masked = {**ENOUGH, "publisher.maskAttributes": "email"}

    (missing,) = mistakes(masked)
    assert missing.startswith("publisher.maskKey: is missing; publisher.maskAttributes needs it")
    assert mistakes(masked, {"PUBLISHER_MASK_KEY": "hunter2"}) == [
        "publisher.maskKey: has 7 characters; take 16 random ones or more"
    ]
    assert resolve(masked, {"PUBLISHER_MASK_KEY": "0123456789abcdef"}).publisher.mask_key
    assert mistakes({**masked, "publisher.maskKey": "hunter2-hunter2-hunter2"}) == [
        "publisher.maskKey: is a secret; remove it from the file, and set PUBLISHER_MASK_KEY"
    ]


def test_a_filter_is_checked_with_the_place_of_each_mistake() -> None:
    """At the start, by worker and function alike."""
    pattern = '{"eventNam": ["INSERT"], "dynamodb": {"NewImage": {"a": {"S": [{"like": "x"}]}}}}'
    (wrong,) = mistakes({**ENOUGH, "publisher.filter": pattern})

    assert "dynamodb.NewImage.a.S[0] 'like' is no operator; known there: prefix" in wrong
    assert "; eventNam is not known; known there: awsRegion" in wrong
    (path,) = mistakes({**ENOUGH, "publisher.includeAttributes": "a,,b"})
    assert path == (
        "publisher.includeAttributes = 'a,,b': has no name at character 3; write one such as a, b.c"
    )


def test_groups_need_a_fifo_topic() -> None:
    """A standard topic keeps nothing in order."""
    grouped = ENOUGH | {"publisher.fifoGroup": "hash:8"}
    fifo = grouped | {"publisher.topicArn": f"{TOPIC}.fifo"}
    (mistake,) = mistakes(grouped)

    assert mistake.startswith("publisher.fifoGroup = 'hash:8': needs a FIFO topic, whose name ends")
    assert resolve(fifo, {}).publisher.fifo_group == "hash:8"


@pytest.mark.parametrize("group", ["items", "hash", "hash:0", "hash:01", "hash:1001", "hash:-1"])
def test_a_grouping_that_is_none_is_named(group: str) -> None:
    """With what can be set."""
    (mistake,) = mistakes(ENOUGH | {"publisher.fifoGroup": group})

    assert mistake.endswith("is no grouping; set shard, item, or hash:N with N from 1 to 1000")


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
        ("publisher.batchSize", "10.0", "is not a whole number; set 1 to 100"),
        ("publisher.maxRecordAge", "1_000", "is not a whole number; set 0 or more"),
        ("maxThroughputPerHostKBps", "nan", "is not a number; set more than 0"),
        ("maxThroughputPerHostKBps", "inf", "is not a number; set more than 0"),
        ("maxThroughputPerHostKBps", "1e999", "is too large; set more than 0"),
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
        ("leaseAssignmentIntervalMillis", "50", "is too small; set 200 to 600000"),
        ("failoverTimeMillis", "77", "is too small; set 1000 to 600000"),
        ("workerMetricsReporterFreqInMillis", "499", "is too small; set 1000 to 60000"),
        ("inMemoryWorkerMetricsCaptureFrequencyMillis", "1", "is too small; set 100 to 60000"),
        ("maxLeaseRenewalThreads", "1", "is too small; set 2 to 1000"),
        ("shardSyncIntervalMillis", "60000", "is too large; set 1 to 10000"),
        ("parentShardPollIntervalMillis", "1", "is too small; set 100 to 60000"),
        ("taskBackoffTimeMillis", "1", "is too small; set 50 to 60000"),
        ("idleTimeBetweenReadsInMillis", "100", "is too small; set 200 to 60000"),
        ("gracefulLeaseHandoffTimeoutMillis", "1", "is too small; set 1000 to 3600000"),
        ("dampeningPercentage", "101", "is too large; set 1 to 100"),
        ("reBalanceThresholdPercentage", "101", "is too large; set 1 to 100"),
        ("metricsBufferTimeMillis", "1", "is too small; set 1000 to 600000"),
        ("staleWorkerMetricsEntryCleanupDuration", "PT0S", "is no duration of two minutes or more"),
        ("staleWorkerMetricsEntryCleanupDuration", "1 day", "is no duration of two minutes"),
        ("applicationName", "a/b", "is not a table's name"),
        ("metricsLevel", "ALL", "set NONE, SUMMARY or DETAILED"),
    ],
)
def test_a_value_out_of_range_is_named_with_its_reason(key: str, value: str, reason: str) -> None:
    """The line has the key, the value and what is wrong with it."""
    (line,) = mistakes({**ENOUGH, key: value})

    assert line.startswith(f"{key} = {value!r}: ")
    assert reason in line


@pytest.mark.parametrize(
    ("properties", "line"),
    [
        (
            {"inMemoryWorkerMetricsCaptureFrequencyMillis": "2000"},
            "inMemoryWorkerMetricsCaptureFrequencyMillis = '2000': is more than",
        ),
        (
            {"coordinatorStateTableName": "app"},
            "coordinatorStateTableName = 'app': is the table of tableName, too",
        ),
        (
            {"tableName": "app-WorkerMetricStats"},
            "workerMetricsTableName = 'app-WorkerMetricStats': is the table of tableName, too",
        ),
        ({"publisher.childTimeoutMillis": "50000"}, "publisher.childTimeoutMillis = '50000': is"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    properties: dict[str, str], line: str
) -> None:
    """Each alone may be right."""
    (found,) = mistakes({**ENOUGH, **properties})

    assert found.startswith(line)


@pytest.mark.parametrize("key", REFUSED)
def test_a_key_that_cant_work_is_refused_with_what_to_do(key: str) -> None:
    """KCL knows it, so that somebody may expect it to have an effect."""
    assert mistakes({**ENOUGH, key: "1"}) == [f"{key}: {REFUSED[key]}"]


@pytest.mark.parametrize("duration", ["P1D", "PT2M", "PT1H30M", "P1DT1S"])
def test_a_duration_is_written_as_java_reads_it(duration: str) -> None:
    """ISO 8601."""
    kcl = resolve({**ENOUGH, "staleWorkerMetricsEntryCleanupDuration": duration}, {}).kcl

    assert kcl.stale_worker_metrics_entry_cleanup_duration == duration


@given(st.dictionaries(st.sampled_from([*ENOUGH, "maxRecords", "x"]), st.text()), st.text())
def test_any_text_gives_a_configuration_or_mistakes(properties: dict[str, str], value: str) -> None:
    """Nothing else ever escapes."""
    outcome: Configuration | tuple[str, ...]
    try:
        outcome = resolve(properties, {"PUBLISHER_SUBJECT": value})
    except ConfigurationError as error:
        outcome = error.mistakes

    assert isinstance(outcome, Configuration) or all(outcome)

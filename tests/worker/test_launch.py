"""What the daemon is started with."""

import os
from pathlib import Path

import pytest

from consumer.settings.declaration import rules_of
from consumer.settings.kcl import KclSettings
from consumer.settings.processor import ProcessorSettings
from consumer.settings.resolve import resolve
from consumer.worker.launch import CLASS_ARCHIVE, MAIN_CLASS, find_java, plan_launch

STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
PROPERTIES = {
    "publisher.table": "orders",
    "publisher.topicArn": "arn:aws:sns:eu-west-1:123456789012:changes",
    "publisher.jars": "/jars",
    "publisher.javaOptions": "-Xmx100m -Dx=y",
    "applicationName": "app",
    "maxRecords": "500",
}


def test_the_command_line_names_class_path_options_and_standard_input(tmp_path: Path) -> None:
    """The daemon reads its properties from a pipe, so that nothing is written to disk."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.touch(mode=0o755)
    environ = {"JAVA_HOME": str(tmp_path), "PATH": ""}
    first, second = tmp_path / "a-1.jar", tmp_path / "b-1.jar"
    for jar in (second, first):
        jar.touch()
    properties = PROPERTIES | {"publisher.jars": str(tmp_path)}
    launch = plan_launch(resolve(properties, {}), STREAM, "w-1", environ)

    assert launch.command == (
        *(str(java), "-Xmx100m", "-Dx=y"),
        *("-cp", f"{first}:{second}", MAIN_CLASS, "/dev/stdin"),
    )


def test_the_archive_of_classes_is_taken_where_there_is_one(tmp_path: Path) -> None:
    """Before an operator's own options, which may name another."""
    archive = tmp_path / CLASS_ARCHIVE
    archive.touch()
    properties = PROPERTIES | {"publisher.jars": str(tmp_path)}
    launch = plan_launch(resolve(properties, {}), STREAM, "w-1", os.environ)

    assert launch.command[1:3] == (f"-XX:SharedArchiveFile={archive}", "-Xmx100m")


def test_the_daemon_gets_kcls_keys() -> None:
    """Under KCL's names, with the stream's ARN and the worker's name."""
    launch = plan_launch(resolve(PROPERTIES, {}), STREAM, "w-1", os.environ)

    assert launch.properties["streamName"] == STREAM
    assert launch.properties["workerId"] == "w-1"
    assert launch.properties["maxRecords"] == "500"
    assert launch.properties["callProcessRecordsEvenForEmptyRecordList"] == "true"
    assert not [key for key in launch.properties if key.startswith("publisher.")]


def test_the_daemon_gets_each_of_its_own_keys_with_its_value() -> None:
    """It has no defaults of its own, and none of the settings that it doesn't read."""
    configuration = resolve({**PROPERTIES, "publisher.healthPort": "8081"}, {})
    launch = plan_launch(configuration, STREAM, "w-1", os.environ)
    kcls = {rule.key for rule in rules_of(KclSettings)}

    assert {key: value for key, value in launch.properties.items() if key not in kcls} == {
        "shardFailuresBeforeExit": "10",
        "childTimeoutMillis": "300000",
        "onTrimmedData": "continue",
        "metricsIntervalMillis": "60000",
        "healthPort": "8081",
        "healthHost": "127.0.0.1",
        "healthStuckAfterMillis": "300000",
    }


@pytest.mark.parametrize(
    "values", [{"publisher.metrics": "none"}, {"publisher.logFormat": "human"}]
)
def test_without_metrics_the_daemon_and_the_record_processors_write_none(
    values: dict[str, str],
) -> None:
    """0 writes none; lines for CloudWatch would only disturb a person."""
    launch = plan_launch(resolve(PROPERTIES | values, {}), STREAM, "w-1", os.environ)

    assert launch.properties["metricsIntervalMillis"] == "0"
    assert ProcessorSettings.from_environment(launch.environ).metrics_period_millis == 0


def test_the_record_processors_inherit_their_settings() -> None:
    """And a PATH on which this installation's programs come first."""
    launch = plan_launch(resolve(PROPERTIES, {}), STREAM, "w-1", {"PATH": "/bin", "KEPT": "1"})
    settings = ProcessorSettings.from_environment(launch.environ)

    assert (settings.table, settings.worker_id, settings.batch_size) == ("orders", "w-1", 10)
    assert launch.environ["KEPT"] == "1"
    assert launch.environ["PATH"].endswith(os.pathsep + "/bin")


def test_java_is_looked_for_at_home_then_on_the_path(tmp_path: Path) -> None:
    """None where there is none."""
    java = tmp_path / "java"
    java.touch(mode=0o755)

    assert find_java({"PATH": str(tmp_path)}) == str(java)
    assert find_java({"PATH": str(tmp_path), "JAVA_HOME": "/nowhere"}) == str(java)
    assert find_java({"PATH": "/nowhere"}) is None


@pytest.mark.parametrize("value", ["true", "false"])
def test_truth_is_written_as_java_reads_it(value: str) -> None:
    """Python's True would be false to Java."""
    configuration = resolve({**PROPERTIES, "isGracefulLeaseHandoffEnabled": value}, {})
    launch = plan_launch(configuration, STREAM, "w-1", os.environ)

    assert launch.properties["isGracefulLeaseHandoffEnabled"] == value


@pytest.mark.parametrize(
    ("environ", "attempts"), [({}, "3"), ({"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "1"}, "1")]
)
def test_an_instances_metadata_service_is_asked_more_than_once(
    environ: dict[str, str], attempts: str
) -> None:
    """It may be late while the worker starts; unless somebody has set how often."""
    launch = plan_launch(resolve(PROPERTIES, {}), STREAM, "w-1", environ)

    assert launch.environ["AWS_METADATA_SERVICE_NUM_ATTEMPTS"] == attempts

"""Properties files are read as Java reads them."""

from pathlib import Path

import pytest

from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.properties import read_properties
from consumer.settings.variables import environment_name


def test_a_file_is_read_as_java_reads_it(tmp_path: Path) -> None:
    """Comments, separators, continued lines and escapes, in UTF-8."""
    file = tmp_path / "a.properties"
    file.write_text("# comment\na = 1\nb: 2\nc=x\\\n  y\nd=Publica\\u00e7ão\n", encoding="utf-8")

    assert read_properties(file) == {"a": "1", "b": "2", "c": "xy", "d": "Publicação"}


@pytest.mark.parametrize(
    ("content", "reason"), [(b"a=\xff", "UTF-8"), (b"a=\\u12", "properties file")]
)
def test_what_is_no_properties_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """The error names the file."""
    file = tmp_path / "a.properties"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=reason) as caught:
        read_properties(file)

    assert str(file) in str(caught.value)


def test_a_file_that_cant_be_read_is_refused(tmp_path: Path) -> None:
    """Whether it is missing or a folder."""
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(ConfigurationError, match="can't be read"):
            read_properties(path)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("publisher.topicArn", "PUBLISHER_TOPIC_ARN"),
        ("publisher.batchMaxWaitMillis", "PUBLISHER_BATCH_MAX_WAIT_MILLIS"),
        ("applicationName", "KCL_APPLICATION_NAME"),
        ("AwsCredentialsProvider", "KCL_AWS_CREDENTIALS_PROVIDER"),
        ("workerMetricsEMAAlpha", "KCL_WORKER_METRICS_EMA_ALPHA"),
        ("dynamoDBEndpoint", "KCL_DYNAMO_DB_ENDPOINT"),
    ],
)
def test_every_key_has_a_variable(key: str, name: str) -> None:
    """Camel case becomes words in capitals."""
    assert environment_name(key) == name

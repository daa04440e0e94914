"""What is said of settings is what the code has."""

import re
from pathlib import Path

import pytest

from consumer.reference.all_settings import all_settings, as_properties
from consumer.settings.known import known_keys
from consumer.settings.placeholders import fill_placeholders
from consumer.settings.properties import read_properties
from consumer.settings.resolve import resolve
from tests.places import ROOT

FILES = sorted((ROOT / "properties").glob("*.properties"))


def test_the_file_for_aws_has_every_key_as_it_is() -> None:
    """Fixed by `stream-publisher settings --properties > properties/aws.properties`."""
    written = (ROOT / "properties" / "aws.properties").read_text()

    assert written == as_properties(all_settings())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_shipped_file_is_accepted(file: Path) -> None:
    """With nothing but the three things that only its user can know."""
    environ = {
        "PUBLISHER_TABLE": "orders",
        "PUBLISHER_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:changes",
        "KCL_APPLICATION_NAME": "orders-publisher",
    }
    configuration = resolve(read_properties(file), environ)

    assert configuration.table == "orders"


def test_a_commented_key_gives_its_default_when_uncommented() -> None:
    """What the file claims to be the default is the default."""
    text = (ROOT / "properties" / "aws.properties").read_text()
    claimed = dict(re.findall(r"^#([\w.]+) = (.+)$", text, re.MULTILINE))
    needed = {
        "publisher.table": "orders",
        "publisher.topicArn": "arn:aws:sns:eu-west-1:123456789012:changes",
        "applicationName": "orders-publisher",
    }

    assert len(claimed) > 20
    assert resolve(needed | claimed, {}) == resolve(needed, {})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_key_of_a_shipped_file_is_known_and_explained(file: Path) -> None:
    """A comment stands above each key, commented out or not."""
    lines = file.read_text().splitlines()
    keys = {
        match[1]: number
        for number, line in enumerate(lines)
        if (match := re.match(r"#?([A-Za-z][\w.]*) ?=", line))
    }

    assert keys
    assert set(keys) <= set(known_keys())
    assert all(lines[number - 1].startswith("# ") for number in keys.values())


def test_every_setting_is_explained() -> None:
    """A sentence each."""
    assert [setting.key for setting in all_settings() if len(setting.description) < 20] == []


def test_placeholders_of_shipped_files_have_defaults() -> None:
    """No shipped file needs a variable of its own."""
    for file in FILES:
        _, mistakes = fill_placeholders(read_properties(file), {})
        assert mistakes == []


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("publisher.table", "a table's name"),
        ("publisher.batchSize", "1 to 100"),
        ("publisher.maxAttempts", "0 or more"),
        ("publisher.plainImages", "true or false"),
        ("publisher.logLevel", "DEBUG, INFO, WARN or ERROR"),
        ("publisher.subject", "1 to 99 characters"),
        ("publisher.jars", "text"),
        ("failoverTimeMillis", "1000 to 600000"),
        ("maxLeasesForWorker", "1 to 2147483647"),
        ("maxActiveThreads", "0"),
        ("maxThroughputPerHostKBps", "more than 0"),
        ("workerMetricsEMAAlpha", "more than 0, at most 1"),
    ],
)
def test_a_setting_says_which_values_it_takes(key: str, values: str) -> None:
    """As the check of it has them."""
    (setting,) = (setting for setting in all_settings() if setting.key == key)

    assert setting.values == values


def test_a_setting_that_another_may_stand_for_says_so() -> None:
    """The table is needed, unless the stream is named."""
    needs = {setting.key: setting.need for setting in all_settings() if setting.need}

    assert needs == {
        "publisher.table": "required, or publisher.streamArn",
        "publisher.topicArn": "required",
        "applicationName": "required",
    }


def test_the_file_says_what_a_key_needs_and_takes() -> None:
    """In the comment above it."""
    text = " ".join(as_properties(all_settings()).replace("\n# ", " ").split())

    assert "Required, or publisher.streamArn. The table whose" in text
    assert "The lowest level that is logged. Takes DEBUG, INFO, WARN or ERROR." in text

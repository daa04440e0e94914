"""What is said of settings is what the code has."""

import re
from pathlib import Path

import pytest

from consumer.settings.properties import fill_placeholders, read_properties
from consumer.settings.reference import all_settings, as_properties
from consumer.settings.resolve import known_keys, resolve
from tests.places import ROOT

FILES = sorted((ROOT / "properties").glob("*.properties"))


def test_the_file_for_aws_has_every_key_as_it_is() -> None:
    """Mended by `stream-publisher settings --properties > properties/aws.properties`."""
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

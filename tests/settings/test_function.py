"""A function's settings are checked as a worker's are."""

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.declaration import rules_of
from consumer.settings.function import function_settings
from consumer.settings.publisher import PublisherSettings
from consumer.settings.resolve import resolve
from consumer.settings.rules import Rule
from tests.fuzz.attempt import attempt
from tests.settings.samples import STREAM, TOPIC

ENVIRON = {"PUBLISHER_TABLE": "orders", "PUBLISHER_TOPIC_ARN": TOPIC}
LETTERS = "https://sqs.eu-west-1.amazonaws.com/123456789012/letters"
TEXTS = st.text(max_size=110) | st.sampled_from(
    [
        *("0", "1", "10", "+0", "10.0", "1_000", "1e3", " 5 ", "nan", "inf", "-1", "9" * 5_000),
        *("true", "False", "YES", "off", "maybe", "stop", "dead-letter", "json", "human", "WARN"),
        *("orders", "or", TOPIC, STREAM, LETTERS, "large-changes", "s3://large", "a\tb", "x" * 100),
    ]
)


@given(
    st.dictionaries(
        st.sampled_from([rule.variable for rule in rules_of(PublisherSettings)]), TEXTS, max_size=4
    )
)
@example({"PUBLISHER_MAX_ATTEMPTS": "+0"})
@example({"PUBLISHER_STREAM_ARN": STREAM, "PUBLISHER_TABLE": "invoices"})
@example({"PUBLISHER_CHILD_TIMEOUT_MILLIS": "1000"})
def test_a_worker_and_a_function_take_the_same_settings(environ: dict[str, str]) -> None:
    """The same values, or the same lines about the same mistakes."""
    environ = {**ENVIRON, **environ, "KCL_APPLICATION_NAME": "app"}
    environ["AWS_LAMBDA_FUNCTION_NAME"] = "app"
    worker, of_worker = attempt(
        ConfigurationError, lambda: resolve({}, environ).for_processor("app")
    )
    function, of_function = attempt(ConfigurationError, lambda: function_settings(environ))

    assert function == worker
    assert str(of_function) == str(of_worker)


@pytest.mark.parametrize("rule", rules_of(PublisherSettings), ids=lambda rule: rule.key)
def test_a_function_has_every_setting_of_a_worker(rule: Rule) -> None:
    """Each under its own name."""
    settings = function_settings(ENVIRON)

    assert rule.key == "publisher.table" or hasattr(settings, rule.name)


def test_a_functions_settings_are_those_of_a_record_processor() -> None:
    """With the function's name in the worker's place."""
    more = {
        "PUBLISHER_PLAIN_IMAGES": "true",
        "PUBLISHER_MAX_IN_FLIGHT": "2",
        "AWS_LAMBDA_FUNCTION_NAME": "orders-publisher",
        "KCL_APPLICATION_NAME": "unheard",
    }
    settings = function_settings(ENVIRON | more)

    assert (settings.table, settings.topic_arn, settings.worker_id) == (
        "orders",
        TOPIC,
        "orders-publisher",
    )
    assert (settings.plain_images, settings.max_in_flight, settings.batch_size) == (True, 2, 10)


def test_the_stream_names_the_table() -> None:
    """As at the daemon."""
    environ = {"PUBLISHER_STREAM_ARN": STREAM, "PUBLISHER_TOPIC_ARN": TOPIC}

    assert function_settings(environ).table == "orders"


def test_a_function_is_its_own_application() -> None:
    """Without a lease table there is no other name."""
    settings = function_settings(ENVIRON | {"AWS_LAMBDA_FUNCTION_NAME": "orders-publisher"})

    assert settings.application == settings.worker_id == "orders-publisher"


def test_every_mistake_is_named_at_once() -> None:
    """Unknown, missing, impossible, and impossible together."""
    environ = {
        "PUBLISHER_ON_POISN": "stop",
        "PUBLISHER_BATCH_SIZE": "0",
        "PUBLISHER_MAX_ATTEMPTS": "3",
    }
    with pytest.raises(ConfigurationError) as refused:
        function_settings(environ)

    assert [mistake.split(":")[0] for mistake in refused.value.mistakes] == [
        "PUBLISHER_ON_POISN",
        "publisher.topicArn",
        "publisher.batchSize = '0'",
        "publisher.table",
        "publisher.maxAttempts = '3'",
    ]
    assert "did you mean PUBLISHER_ON_POISON?" in refused.value.mistakes[0]


def test_a_function_imports_nothing_of_the_daemons() -> None:
    """Every import is paid for at each cold start."""
    listed = subprocess.run(
        [sys.executable, "-c", "import sys, consumer.settings.function; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert {"consumer.settings.kcl", "consumer.settings.resolve", "javaproperties"} & set(
        listed
    ) == set()

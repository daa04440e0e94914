"""A function's settings are checked like everybody's, without the library that checks those."""

import json

import pytest

from consumer.settings import resolve as resolving
from consumer.settings.derive import rules_of
from consumer.settings.errors import ConfigurationError
from consumer.settings.function import function_settings
from consumer.settings.publisher import PublisherSettings
from consumer.settings.rules import Rule, follow

RULES = list(rules_of(PublisherSettings))
TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
ENVIRON = {"PUBLISHER_TABLE": "orders", "PUBLISHER_TOPIC_ARN": TOPIC}
STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-31T12:00:00.000"
TEXTS = (
    *("", "0", "1", "10", "11", "1000", "1001", "-1", "+7", " 5 ", "1.5", "1e3", "many", "9" * 30),
    *("9" * 5_000, "-" + "9" * 5_000),
    *("true", "False", "YES", "off", "t", "maybe", "stop", "dead-letter", "Stop", "json", "WARN"),
    *("orders", "or", "orders\n", TOPIC, STREAM, "https://sqs.eu-west-1.amazonaws.com/1/letters"),
    *("large-changes", "s3://large", "Publicação", "a\tb", "x" * 100, "100000000"),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_a_rule_says_what_the_model_says(rule: Rule) -> None:
    """Of every text: the same value, or the same reason."""
    for text in TEXTS:
        values = {"publisher.topicArn": TOPIC, rule.key: text}
        model, mistakes = resolving._validated(PublisherSettings, values)
        found, ours = follow(RULES, values)

        assert ours == mistakes, text
        assert model is None or found == dict(model), text


def test_rules_survive_the_way_into_the_zip() -> None:
    """They are a file of JSON there."""
    written = json.dumps([rule.to_json() for rule in RULES])

    assert [Rule.from_json(each) for each in json.loads(written)] == RULES


def test_a_functions_settings_are_those_of_a_record_processor() -> None:
    """With the function's name in the worker's place."""
    more = {
        "PUBLISHER_PLAIN_IMAGES": "true",
        "PUBLISHER_MAX_IN_FLIGHT": "2",
        "AWS_LAMBDA_FUNCTION_NAME": "orders-publisher",
        "KCL_APPLICATION_NAME": "unheard",
    }
    settings = function_settings(RULES, ENVIRON | more)

    assert (settings.table, settings.topic_arn, settings.worker_id) == (
        "orders",
        TOPIC,
        "orders-publisher",
    )
    assert (settings.plain_images, settings.max_in_flight, settings.batch_size) == (True, 2, 10)


def test_the_stream_names_the_table() -> None:
    """As at the daemon."""
    environ = {"PUBLISHER_STREAM_ARN": STREAM, "PUBLISHER_TOPIC_ARN": TOPIC}

    assert function_settings(RULES, environ).table == "orders"


def test_a_function_is_its_own_application() -> None:
    """Without a lease table there is no other name."""
    settings = function_settings(RULES, ENVIRON | {"AWS_LAMBDA_FUNCTION_NAME": "orders-publisher"})

    assert settings.application == settings.worker_id == "orders-publisher"


def test_every_mistake_is_named_at_once() -> None:
    """Unknown, missing, impossible, and impossible together."""
    environ = {
        "PUBLISHER_ON_POISN": "stop",
        "PUBLISHER_BATCH_SIZE": "0",
        "PUBLISHER_MAX_ATTEMPTS": "3",
    }
    with pytest.raises(ConfigurationError) as refused:
        function_settings(RULES, environ)

    assert [mistake.split(":")[0] for mistake in refused.value.mistakes] == [
        "PUBLISHER_ON_POISN",
        "publisher.topicArn",
        "publisher.batchSize = '0'",
        "publisher.table",
        "publisher.maxAttempts = '3'",
    ]
    assert "did you mean PUBLISHER_ON_POISON?" in refused.value.mistakes[0]


def test_a_stream_of_another_table_is_refused() -> None:
    """One of the two is a mistake."""
    with pytest.raises(ConfigurationError, match="is not the table of"):
        function_settings(RULES, ENVIRON | {"PUBLISHER_STREAM_ARN": STREAM.replace("ord", "bord")})

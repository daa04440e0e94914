"""Settings for tests."""

from consumer.settings.processor import ProcessorSettings

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"

SETTINGS = ProcessorSettings(
    table="orders",
    topic_arn=TOPIC,
    worker_id="w",
    application="orders-publisher",
    plain_images=True,
    max_in_flight=4,
)

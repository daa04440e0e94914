"""Settings for tests."""

from consumer.settings.child import ChildSettings

SETTINGS = ChildSettings(
    table="orders",
    topic_arn="arn:aws:sns:eu-west-1:123456789012:changes",
    worker_id="w",
    batch_size=10,
    batch_max_wait_millis=1000,
    subject="Publicação DynamoDB Stream",
    entry_metadata=False,
    plain_images=True,
    on_poison="stop",
    dead_letter_queue_url=None,
    dead_letter_max_percent=10,
    max_in_flight=4,
    retry_max_wait_millis=30_000,
    operator_error_exit_after=0,
    claim_check_bucket=None,
    max_attempts=0,
    max_record_age=0,
    application="orders-publisher",
    metrics_interval_millis=60_000,
    metrics_per_shard=False,
    log_format="json",
    log_level="INFO",
)

"""Settings reach the record processors as they were checked."""

import os
import subprocess
import sys

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


def test_settings_survive_the_way_through_the_environment() -> None:
    """Text beyond ASCII too."""
    assert ChildSettings.from_environment(SETTINGS.to_environment()) == SETTINGS


def test_a_record_processor_started_by_hand_says_how_it_is_started() -> None:
    """One line on stderr, nothing on stdout, status 2."""
    done = subprocess.run(
        [sys.executable, "-m", "consumer.worker.record_processor"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "stream-publisher run" in done.stderr

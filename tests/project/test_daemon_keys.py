"""What the Java daemon reads, and what the launcher gives it."""

import os
import re

from consumer.settings.resolve import resolve
from consumer.worker.launch import plan_launch
from tests.places import ROOT

STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
PROPERTIES = {
    "publisher.table": "orders",
    "publisher.topicArn": "arn:aws:sns:eu-west-1:123456789012:changes",
    "applicationName": "app",
}


def test_the_daemon_gets_every_key_that_it_has_no_default_for() -> None:
    """A default stands in one place, which is the settings."""
    properties = plan_launch(resolve(PROPERTIES, {}), STREAM, "w-1", os.environ).properties
    source = next((ROOT / "daemon" / "src" / "main").rglob("DaemonProperties.java")).read_text()
    required = set(re.findall(r'(?:required|number)\("(\w+)"\)', source))

    assert len(required) == 8
    assert required <= set(properties)

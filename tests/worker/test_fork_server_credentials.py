"""Credentials that come after the fork server was made ready reach its record processors."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.builders import raw_records
from tests.delivery.guarded_sns import TOPIC, guarded_sns, only_in, write_keys
from tests.settings.samples import SETTINGS
from tests.worker.daemon_messages import INITIALIZE, process_records
from tests.worker.fork_host import Asked, new_host, say

# One that can't publish must end, for the test to fail rather than to wait.
IMPATIENT = replace(
    SETTINGS, topic_arn=TOPIC, batch_size=1, retry_max_wait_millis=200, operator_error_exit_after=1
)


def answer(asked: Asked, said: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What the daemon is answered; kclpy writes an empty line before it."""
    assert asked.stdout
    return json.loads(say(asked, json.dumps(said)).strip() or asked.stdout.readline())


def test_a_record_processor_finds_what_its_fork_server_did_not(tmp_path: Path) -> None:
    """As where an instance's metadata service is late; it is forked before there is anything."""
    file = tmp_path / "credentials"
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with guarded_sns("THE-KEY") as url:
        environ = {**bare, **only_in(file), "AWS_ENDPOINT_URL_SNS": url}
        environ |= IMPATIENT.to_environment()
        with new_host("consumer.worker.fork_server", environ=environ) as host:
            asked = host.ask()
            begun = answer(asked, INITIALIZE)
            write_keys(file, "THE-KEY")
            done = answer(asked, process_records(raw_records(1, 1)))

    assert begun == {"action": "status", "responseFor": "initialize"}
    assert (done["action"], done["sequenceNumber"]) == ("checkpoint", "1")

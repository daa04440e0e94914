"""What an idle worker asks of DynamoDB, in calls a minute, with our settings and with KCL's own.

    .venv/bin/python -m benchmarks.calls [--seconds 60] [--json]

One table with one shard, no changes, on ministack. Each side is counted from the moment it
reads its shard, behind a proxy that counts the operations of every request.
"""

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping

import click
from rich.console import Console
from rich.table import Table

from consumer.demo.daemon import Daemon
from consumer.demo.table import TABLE, create_table
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import Proxy, Request

# KCL 3.1.3's and the adapter's own values of what we tune.
KCL_DEFAULTS = {
    "KCL_SHARD_SYNC_INTERVAL_MILLIS": "60000",
    "KCL_LEASE_ASSIGNMENT_INTERVAL_MILLIS": "20000",
    "KCL_WORKER_METRICS_REPORTER_FREQ_IN_MILLIS": "30000",
    "KCL_IN_MEMORY_WORKER_METRICS_CAPTURE_FREQUENCY_MILLIS": "1000",
    "KCL_PARENT_SHARD_POLL_INTERVAL_MILLIS": "10000",
}
PATIENCE_SECONDS = 300


class Count:
    """Counts requests by operation, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()

    def note(self, request: Request) -> None:
        """Count a request and let it pass."""
        with self._lock:
            self._counted[request.operation] += 1

    def reset(self) -> Counter[str]:
        """Return what was counted, and begin again."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
            return counted


@click.command()
@click.option("--seconds", default=60, show_default=True, help="How long to count each side.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def main(seconds: int, *, as_json: bool) -> None:
    """Count an idle worker's calls to DynamoDB."""
    console = Console(stderr=True)
    with Sandbox() as sandbox:
        create_table(sandbox.client("dynamodb"))
        sides = {}
        for name, settings in (("ours", {}), ("KCL's own", KCL_DEFAULTS)):
            with console.status(f"Counting for {seconds} s: {name}"):
                sides[name] = _calls_a_minute(sandbox, settings, seconds)
    if as_json:
        click.echo(json.dumps(sides))
    else:
        Console().print(_table(sides))


def _calls_a_minute(
    sandbox: Sandbox, settings: Mapping[str, str], seconds: int
) -> dict[str, float]:
    count = Count()
    topic_arn = sandbox.client("sns").create_topic(Name="changes")["TopicArn"]
    application = f"calls-{uuid.uuid4().hex[:8]}"
    folder = sandbox.folder / application
    folder.mkdir()
    with Proxy(sandbox.tables.url, count.note) as proxy:
        environ = sandbox.environment() | {
            "PUBLISHER_TABLE": TABLE,
            "PUBLISHER_TOPIC_ARN": topic_arn,
            "KCL_APPLICATION_NAME": application,
            "AWS_ENDPOINT_URL_DYNAMODB": proxy.url,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": proxy.url,
        }
        daemon = Daemon({**environ, **settings}, folder)
        try:
            daemon.wait_for_event("processor_started", PATIENCE_SECONDS)
            count.reset()
            time.sleep(seconds)
            counted = count.reset()
        finally:
            daemon.stop()
    return {name: round(number * 60 / seconds, 1) for name, number in sorted(counted.items())}


def _table(sides: Mapping[str, Mapping[str, float]]) -> Table:
    table = Table("operation", *sides, title="Calls a minute of an idle worker with one shard")
    for operation in sorted({name for side in sides.values() for name in side}):
        table.add_row(operation, *(str(side.get(operation, 0)) for side in sides.values()))
    table.add_row("all", *(str(round(sum(side.values()), 1)) for side in sides.values()))
    return table


if __name__ == "__main__":
    main()

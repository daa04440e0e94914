"""How long a table's changes wait while workers start, stop, crash and take over.

    .venv/bin/python -m benchmarks.starts [--json]

One table with one shard, on DynamoDB Local. Each line is a change that is written at the moment
named, and the seconds until its message is published; for a stop, until the process has ended.
"""

import json
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from consumer.demo.changes import plan_changes
from consumer.demo.daemon import Daemon
from consumer.demo.table import TABLE, create_table, write_changes
from consumer.sandbox.backends import Sandbox

PATIENCE_SECONDS = 300


class Fleet:
    """A table and its workers.

    Args:
        sandbox: The servers.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._tables = sandbox.client("dynamodb")
        create_table(self._tables)
        topic_arn = sandbox.client("sns").create_topic(Name="changes")["TopicArn"]
        self._environ = sandbox.environment() | {
            "PUBLISHER_TABLE": TABLE,
            "PUBLISHER_TOPIC_ARN": topic_arn,
            "KCL_APPLICATION_NAME": f"starts-{uuid.uuid4().hex[:8]}",
        }
        self._application = str(self._environ["KCL_APPLICATION_NAME"])
        self._folders = self._make_folders(sandbox.folder)
        self._plan = plan_changes(1000)

    def start(self) -> Daemon:
        """Start a worker."""
        return Daemon(self._environ, next(self._folders))

    def publish_one(self, worker: Daemon) -> None:
        """Write a change and wait until this worker has published it."""
        for _ in worker.new_lines():
            pass
        self.write_one()
        self.wait_for(worker, "batch_published")

    def write_one(self) -> None:
        """Write a change."""
        write_changes(self._tables, islice(self._plan, 1), lambda _change: None)

    def wait_for(self, worker: Daemon, event: str) -> None:
        """Wait until a worker has logged an event."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not any(line["event"] == event for line in worker.new_lines()):
            if time.monotonic() > deadline or worker.process.status is not None:
                raise click.ClickException("\n".join([f"no {event}", *worker.errors()]))
            time.sleep(0.02)

    def wait_for_leader(self, worker: Daemon) -> None:
        """Wait until a worker leads: others ask for a free lock every 30 s only."""
        name = json.loads(worker.process.tail(1))["workerId"]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._leader() != name:
            if time.monotonic() > deadline:
                raise click.ClickException(f"{name} never led")
            time.sleep(0.5)

    def _leader(self) -> str | None:
        found = self._tables.get_item(
            TableName=f"{self._application}-CoordinatorState", Key={"key": {"S": "Leader"}}
        )
        return str(found["Item"]["ownerName"]["S"]) if "Item" in found else None

    @staticmethod
    def _make_folders(folder: Path) -> Iterator[Path]:
        for number in count():
            made = folder / f"worker-{number}"
            made.mkdir()
            yield made


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def main(*, as_json: bool) -> None:
    """Measure starts, stops and take-overs."""
    with Sandbox() as sandbox, Console(stderr=True).status("Measuring; some minutes"):
        measured = dict(_measure(Fleet(sandbox)))
    if as_json:
        click.echo(json.dumps(measured))
    else:
        table = Table("moment", "seconds")
        for name, seconds in measured.items():
            table.add_row(name, str(seconds))
        Console().print(table)


def _measure(fleet: Fleet) -> Iterator[tuple[str, float]]:
    fleet.write_one()
    workers = [fleet.start()]
    yield "first start, empty lease table", _seconds(_published(fleet, workers[0]))
    yield "a change while the worker runs", _seconds(lambda: fleet.publish_one(workers[0]))
    yield "stop by SIGTERM, until the process has ended", _seconds(workers[0].stop)
    fleet.write_one()
    workers.append(fleet.start())
    yield "start after that stop", _seconds(_published(fleet, workers[1]))
    _kill(workers[1])
    fleet.write_one()
    workers.append(fleet.start())
    yield "start after kill -9", _seconds(_published(fleet, workers[2]))
    standby = fleet.start()
    fleet.wait_for(standby, "daemon_ready")
    time.sleep(5)  # the standby reports its load before it can be given anything
    workers[2].process.signal(signal.SIGTERM)
    fleet.write_one()
    yield "a standby takes over after SIGTERM", _seconds(_published(fleet, standby))
    # Before the next worker starts, which would find the lock free and take it.
    fleet.wait_for_leader(standby)
    second = fleet.start()
    fleet.wait_for(second, "daemon_ready")
    _kill(standby)
    fleet.write_one()
    yield "a standby takes over after kill -9 of the leader", _seconds(_published(fleet, second))
    second.stop()


def _published(fleet: Fleet, worker: Daemon) -> Callable[[], None]:
    return lambda: fleet.wait_for(worker, "batch_published")


def _kill(worker: Daemon) -> None:
    worker.process.signal(signal.SIGKILL)
    worker.process.kill()


def _seconds(action: Callable[[], object]) -> float:
    started = time.monotonic()
    action()
    return round(time.monotonic() - started, 1)


if __name__ == "__main__":
    main()

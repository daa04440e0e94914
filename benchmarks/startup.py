"""How long a start is felt: of a new worker, and of one that was stopped or killed.

One table with one shard, on ministack. Each figure is of a change that is written at the
moment named: the seconds until its message is published; for a stop, until the process has ended.
"""

import signal
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

from benchmarks.figures import at_most, spread
from consumer.demo.changes import plan_changes
from consumer.demo.daemon import Daemon
from consumer.demo.table import TABLE, create_table, write_changes
from consumer.sandbox.backends import Sandbox

PATIENCE_SECONDS = 60
REPEATS = 2
LIMITS = {"first start, empty lease table": 20, "start after kill -9": 10}


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """Return seconds; say from time to time what is being done."""
    found: dict[str, list[float]] = {}
    for _ in range(REPEATS):
        with Sandbox() as sandbox:
            for moment, seconds in _moments(Line(sandbox)):
                say(f"{moment}: {seconds} s")
                found.setdefault(moment, []).append(seconds)
    told = {moment: spread(seconds, 1) for moment, seconds in found.items()}
    return {
        "unit": "seconds",
        "figures": told,
        "verdict": {
            moment: at_most(told[moment]["highest"], limit) for moment, limit in LIMITS.items()
        },
    }


class Line:
    """A table and its worker.

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
        _published(worker)()

    def write_one(self) -> None:
        """Write a change."""
        write_changes(self._tables, islice(self._plan, 1), lambda _change: None)

    @staticmethod
    def _make_folders(folder: Path) -> Iterator[Path]:
        for number in count():
            made = folder / f"worker-{number}"
            made.mkdir()
            yield made


def _moments(line: Line) -> Iterator[tuple[str, float]]:
    """Yield moments in the life of a worker, each with its seconds."""
    line.write_one()
    worker = line.start()
    yield "first start, empty lease table", _seconds(_published(worker))
    yield "a change while the worker runs", _seconds(partial(line.publish_one, worker))
    yield "stop by SIGTERM, until the process has ended", _seconds(worker.stop)
    line.write_one()
    worker = line.start()
    yield "start after that stop", _seconds(_published(worker))
    _kill(worker)
    line.write_one()
    worker = line.start()
    yield "start after kill -9", _seconds(_published(worker))
    worker.stop()


def _published(worker: Daemon) -> Callable[[], None]:
    return lambda: worker.wait_for_event("batch_published", PATIENCE_SECONDS)


def _kill(worker: Daemon) -> None:
    worker.process.signal(signal.SIGKILL)
    worker.process.kill()


def _seconds(action: Callable[[], object]) -> float:
    started = time.monotonic()
    action()
    return round(time.monotonic() - started, 1)

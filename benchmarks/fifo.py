"""What the subscriber of a FIFO topic sees of a worker that is killed again and again.

    .venv/bin/python -m benchmarks.fifo [--kills 10] [--group shard] [--json]

Each kill -9 comes when SNS has taken a message and has not answered yet: what is published is not
checkpointed, and the next life publishes it again. That is the one moment from which repeats come.

*full*: everything is written before the first start, so that each batch is full and its repeat is
the same batch. *partial*: three changes are written at a time, so that batches leave by time, and
three more while no worker runs, so that the repeat begins with the same change and holds more.
Without `shard`, a message group's last message is partial in both runs.

Moto's queue drops a repeat, by its deduplication id, as long as the message that it repeats is in
the queue; so nothing is received before SNS has taken the last change.
"""

import json
import signal
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks.sns_answers import messages
from consumer.demo.changes import Change, plan_changes
from consumer.demo.daemon import Daemon
from consumer.demo.table import TABLE, create_table, write_changes
from consumer.demo.tally import Tally
from consumer.local.subscription import Subscription
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import Proxy, Request, Response
from consumer.sandbox.waits import wait_for

BATCH = 10
FEW = 3
_PUBLISHES_OF_A_LIFE = 2
"""The first of a life is the repeat; the second is taken, and its answer never comes."""


@dataclass
class Killer:
    """Ends a worker at its second publish, once SNS has taken it.

    Attributes:
        sent: Messages that SNS took, repeats included.
        victim: The worker to end; None to spare it.
        struck: Set once it has ended.
        changes: The changes that SNS took, as subscribers get them.
    """

    sent: int = 0
    victim: Daemon | None = None
    struck: threading.Event = field(default_factory=threading.Event)
    changes: set[str] = field(default_factory=set)
    _published: int = 0

    def aim(self, worker: Daemon) -> None:
        """End this worker."""
        self.victim, self._published = worker, 0
        self.struck.clear()

    def answer(self, request: Request, body: bytes) -> bytes:
        """Let an answer pass; that of a worker's second publish only once the worker is dead."""
        if b"Action=Publish" in request.body:
            taken = list(messages(request.body))
            self.sent += len(taken)
            self._published += 1
            self.changes.update(_text(entry) for each in taken for entry in json.loads(each))
            if self.victim and self._published == _PUBLISHES_OF_A_LIFE:
                self.victim.process.signal(signal.SIGKILL)
                self.victim.process.kill()
                self.victim = None
                self.struck.set()
        return body


class Stream(Proxy):
    """DynamoDB Streams, which nobody reads while changes are written that belong together.

    Attributes:
        at_rest: Held by whoever reads, or keeps others from it.
    """

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.at_rest = threading.Lock()

    def answer(self, request: Request, path: str, headers: Mapping[str, str]) -> Response:
        """Answer one request after the other."""
        with self.at_rest:
            return super().answer(request, path, headers)


class Line:
    """A table, a FIFO topic with a subscriber, and one worker after the other.

    Args:
        sandbox: The servers.
        killer: Ends workers.
        topics: SNS, by way of the killer.
        stream: The table's stream.
        topic_arn: The topic.
        group: What it keeps in order.
    """

    def __init__(  # noqa: PLR0913 - a line has many parts
        self,
        sandbox: Sandbox,
        killer: Killer,
        topics: Proxy,
        stream: Stream,
        topic_arn: str,
        *,
        group: str,
    ) -> None:
        self.tally = Tally(time.time())
        self._tables, self._killer, self._stream = sandbox.client("dynamodb"), killer, stream
        self._plan = plan_changes(100_000)
        name = f"fifo-{uuid.uuid4().hex[:8]}"
        self._folders = (sandbox.folder / f"{name}-{number}" for number in count())
        self._environ = sandbox.environment() | {
            "PUBLISHER_TABLE": TABLE,
            "PUBLISHER_TOPIC_ARN": topic_arn,
            "PUBLISHER_FIFO_GROUP": group,
            "KCL_APPLICATION_NAME": name,
            "PUBLISHER_LOG_LEVEL": "DEBUG",  # tells of checkpoints
            "AWS_ENDPOINT_URL_SNS": topics.url,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": stream.url,
        }

    def write(self, changes: int) -> None:
        """Make the next so many changes, which one read finds together."""
        planned = islice(self._plan, changes)
        with self._stream.at_rest:
            write_changes(self._tables, planned, self._written)

    def _written(self, change: Change) -> None:
        self.tally.write(change, time.time())

    def start(self) -> Daemon:
        """Start a worker."""
        folder = next(self._folders)
        folder.mkdir()
        return Daemon(self._environ, folder)

    def live_and_die(self, changes: int) -> None:
        """One life of a worker: it repeats what the last one published, goes on, and is killed."""
        worker = self.start()
        self._killer.aim(worker)
        if changes:
            # A batch that isn't checkpointed yet would be repeated too.
            worker.wait_for_event("checkpoint_made")
            self.write(changes)
        wait_for(self._killer.struck.is_set, "the kill")
        self.write(changes)


def full(sandbox: Sandbox, kills: int, group: str = "shard") -> dict[str, int]:
    """Return the figures of a run whose batches are all full."""
    return _run(sandbox, kills, group, first=BATCH * (kills + 2), between=0)


def partial(sandbox: Sandbox, kills: int, group: str = "shard") -> dict[str, int]:
    """Return the figures of a run whose batches all leave by time."""
    return _run(sandbox, kills, group, first=FEW, between=FEW)


def _run(sandbox: Sandbox, kills: int, group: str, first: int, between: int) -> dict[str, int]:
    killer = Killer()
    with (
        _fifo_topic(sandbox) as (topic_arn, subscription),
        Proxy(sandbox.topics.url, change=killer.answer) as topics,
        Stream(sandbox.tables.url) as stream,
    ):
        line = Line(sandbox, killer, topics, stream, topic_arn, group=group)
        line.write(first)
        for _ in range(kills):
            line.live_and_die(between)
        last = line.start()
        try:
            wanted = {_text(change.to_entry()) for change in line.tally.written}
            last.wait_for_event("checkpoint_made")
            wait_for(lambda: wanted <= killer.changes, "the last change", last.process)
            _receive_everything(line.tally, subscription)
        finally:
            last.stop()
    return {"kills": kills, "sent": killer.sent, **_figures(line.tally)}


@contextmanager
def _fifo_topic(sandbox: Sandbox) -> Iterator[tuple[str, Subscription]]:
    tables, sns, sqs = (sandbox.client(name) for name in ("dynamodb", "sns", "sqs"))
    name, attributes = f"changes-{uuid.uuid4().hex[:8]}.fifo", {"FifoTopic": "true"}
    topic_arn = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
    create_table(tables)
    try:
        with Subscription(topic_arn, sns, sqs) as subscription:
            yield topic_arn, subscription
    finally:
        tables.delete_table(TableName=TABLE)


def _receive_everything(tally: Tally, subscription: Subscription) -> None:
    """Receive until nothing is left."""
    while received := subscription.receive():
        for message in received:
            tally.receive(message, time.time())


def _text(entry: Any) -> str:  # noqa: ANN401 - any JSON value
    return json.dumps(entry, sort_keys=True)


def _figures(tally: Tally) -> dict[str, int]:
    compared = tally.comparison()
    return {
        "received": len(tally.received),
        "written": len(tally.written),
        "delivered": compared.delivered,
        "lost": compared.lost,
        "out_of_order": compared.out_of_order,
        "duplicates": compared.duplicates,
    }


@click.command()
@click.option(
    "--kills", default=10, show_default=True, help="How often each run's worker is killed."
)
@click.option("--group", default="shard", show_default=True, help="`publisher.fifoGroup`.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def main(kills: int, group: str, *, as_json: bool) -> None:
    """Count what a FIFO topic's subscriber gets twice."""
    with Sandbox() as sandbox, Console(stderr=True).status("Killing; some minutes"):
        measured = {
            "full": full(sandbox, kills, group),
            "partial": partial(sandbox, kills, group),
        }
    if as_json:
        click.echo(json.dumps(measured))
    else:
        Console().print(_table(measured))


def _table(measured: Mapping[str, Mapping[str, int]]) -> Table:
    table = Table("batches", *measured["full"], title="A FIFO topic's subscriber, and kill -9")
    for name, figures in measured.items():
        table.add_row(name, *map(str, figures.values()))
    return table


if __name__ == "__main__":
    main()

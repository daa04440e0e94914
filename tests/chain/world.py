"""A table, a topic, a subscriber and as many daemons as a test wants, all on this machine."""

import contextlib
import itertools
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from consumer.demo.changes import plan_changes
from consumer.demo.daemon import Daemon
from consumer.demo.table import TABLE, create_table, write_changes
from consumer.demo.tally import Tally
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.waits import PATIENCE_SECONDS
from tests.schemas.validation import CheckedSubscription


class World:
    """One table with its own lease table, topic and subscriber.

    Args:
        sandbox: The servers.
        subscription: The topic's subscriber.
        topic_arn: The topic.
        folder: Where daemons' logs go.
    """

    def __init__(
        self, sandbox: Sandbox, subscription: CheckedSubscription, topic_arn: str, folder: Path
    ) -> None:
        self.sandbox, self.topic_arn = sandbox, topic_arn
        self.application = f"test-{uuid.uuid4().hex[:8]}"
        self.tally = Tally(time.time())
        self._subscription, self._folder = subscription, folder
        self._numbers = itertools.count()
        self._plan = plan_changes(sys.maxsize)
        self._daemons: list[Daemon] = []

    def start_daemon(self, extra: Mapping[str, str] | None = None) -> Daemon:
        """Start a daemon on the table; it is ended with the test."""
        folder = self._folder / f"daemon-{next(self._numbers)}"
        folder.mkdir()
        daemon = Daemon(self.environment() | dict(extra or {}), folder)
        self._daemons.append(daemon)
        return daemon

    def environment(self) -> dict[str, str]:
        """The environment of this world's daemons and of commands about them."""
        return self.sandbox.environment() | {
            "PUBLISHER_TABLE": TABLE,
            "PUBLISHER_TOPIC_ARN": self.topic_arn,
            "KCL_APPLICATION_NAME": self.application,
            # Longer than on one machine otherwise: a slow one must not matter to how a stop ends.
            "KCL_SHUTDOWN_GRACE_MILLIS": "60000",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `stream-publisher` with these arguments, as an operator does, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "consumer", *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def write(self, count: int) -> None:
        """Make the next so many changes of the demo's plan."""
        write_changes(
            self.sandbox.client("dynamodb"),
            itertools.islice(self._plan, count),
            lambda change: self.tally.write(change, time.time()),
        )

    def receive_until(self, enough: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
        """Receive messages until it is enough; tell whether that came about in time.

        Nothing is waited for once the daemons have failed and the topic is empty.
        """
        deadline = time.monotonic() + seconds
        while not enough() and time.monotonic() < deadline:
            if not self.receive() and self._have_failed():
                break
        return enough()

    def _have_failed(self) -> bool:
        """Whether each daemon has ended, the newest with an error."""
        statuses = [daemon.process.status for daemon in self._daemons]
        return None not in statuses and any(status and status > 0 for status in statuses[-1:])

    def receive(self) -> int:
        """Receive what is there, waiting a second for it; return how many messages."""
        received = self._subscription.receive()
        for message in received:
            self.tally.receive(message, time.time())
        return len(received)

    def receive_everything(self) -> None:
        """Receive until every written change has arrived, and then what is still under way."""
        assert self.receive_until(lambda: self.tally.comparison().lost == 0), self.logs()
        while self.receive():
            pass

    def listeners(self, sns: Any = None) -> int:  # noqa: ANN401 - as the sandbox makes it
        """How many subscriptions the topic has, by the given client if any."""
        sns = sns or self.sandbox.client("sns")
        return len(sns.list_subscriptions_by_topic(TopicArn=self.topic_arn)["Subscriptions"])

    def owner(self) -> str | None:
        """The worker that holds the only shard."""
        (lease,) = self.leases()
        return str(lease["leaseOwner"]["S"]) if "leaseOwner" in lease else None

    def leases(self) -> list[Mapping[str, Any]]:
        """The lease table's rows."""
        rows = self.sandbox.client("dynamodb").scan(TableName=self.application)["Items"]
        return list(rows)

    def reports(self) -> list[Mapping[str, Any]]:
        """What workers last told of themselves."""
        table = f"{self.application}-WorkerMetricStats"
        return list(self.sandbox.client("dynamodb").scan(TableName=table)["Items"])

    def leadership(self) -> str | None:
        """The version of the leader's lock, which every renewal changes; None without a leader."""
        found = self.sandbox.client("dynamodb").get_item(
            TableName=f"{self.application}-CoordinatorState", Key={"key": {"S": "Leader"}}
        )
        return str(found["Item"]["recordVersionNumber"]["S"]) if "Item" in found else None

    def logs(self) -> str:
        """The end of every daemon's log."""
        return "\n\n".join(daemon.process.tail() for daemon in self._daemons)

    def close(self) -> None:
        """End every daemon at once."""
        for daemon in self._daemons:
            daemon.process.kill()


@contextlib.contextmanager
def new_world(sandbox: Sandbox, folder: Path) -> Iterator[World]:
    """A world of its own, on shared servers; the table is made anew."""
    dynamodb, sns, sqs = (sandbox.client(name) for name in ("dynamodb", "sns", "sqs"))
    create_table(dynamodb)
    topic_arn = sns.create_topic(Name=f"changes-{uuid.uuid4().hex[:8]}")["TopicArn"]
    with CheckedSubscription(topic_arn, sns, sqs, sandbox.client("s3")) as subscription:
        world = World(sandbox, subscription, topic_arn, folder)
        try:
            yield world
        finally:
            world.close()
            dynamodb.delete_table(TableName=TABLE)

"""The demo from beginning to end: the only place that knows all its parts."""

import contextlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from consumer.demo.changes import Change, plan_changes
from consumer.demo.daemon import Daemon
from consumer.demo.screen import Screen
from consumer.demo.table import TABLE, create_table, write_changes
from consumer.demo.tally import DemoResult, Tally
from consumer.local.subscription import Subscription
from consumer.sandbox.backends import Sandbox
from consumer.terminal.interrupts import StopRequest
from consumer.terminal.plurals import counted

_PATIENCE_SECONDS = 120.0


class DemoError(Exception):
    """The demo can't go on; says why."""


@dataclass(frozen=True, slots=True)
class Show:
    """What to show.

    Attributes:
        changes: How many changes to write.
        started: When the command was given, in seconds since 1970.
        keep: Whether to leave everything running until Ctrl-C.
    """

    changes: int
    started: float
    keep: bool = False


@dataclass(frozen=True, slots=True)
class _Chain:
    """What changes pass through on their way, and whether to stop looking."""

    daemon: Daemon
    subscription: Subscription
    stop: StopRequest


def perform(show: Show, screen: Screen, stop: StopRequest) -> tuple[DemoResult, bool]:
    """Perform the demo.

    Returns:
        The figures, and whether every change arrived as it was written.

    Raises:
        DemoError: The daemon ended early, or nothing arrived for too long.
        KeyboardInterrupt: It is to stop, and has stopped all that it started.
    """
    with contextlib.ExitStack() as stack:
        with screen.waiting_for("ministack and moto's server start"):
            sandbox = stack.enter_context(Sandbox())
        stop.check()
        screen.step(_since(show), "ministack and moto's server answer")
        create_table(sandbox.client("dynamodb"))
        topic_arn = sandbox.client("sns").create_topic(Name="changes")["TopicArn"]
        clients = sandbox.client("sns"), sandbox.client("sqs")
        subscription = stack.enter_context(Subscription(topic_arn, *clients))
        settings = sandbox.settings() | _daemon_settings(topic_arn)
        daemon = Daemon(sandbox.environment() | settings, sandbox.folder)
        stack.callback(daemon.stop)
        tally = Tally(show.started)
        _write(show, screen, sandbox, tally, stop)
        _receive(show, screen, _Chain(daemon, subscription, stop), tally)
        outcome, compared = tally.outcome(time.time()), tally.comparison()
        screen.summary(outcome, compared)
        if show.keep:
            _keep(screen, settings, topic_arn, daemon.process.pid)
            stop.wait(None)
    return outcome, compared.is_faithful


def _since(show: Show) -> float:
    return time.time() - show.started


def _daemon_settings(topic_arn: str) -> dict[str, str]:
    return {
        "PUBLISHER_TABLE": TABLE,
        "PUBLISHER_TOPIC_ARN": topic_arn,
        # Two demos on one machine are two applications.
        "KCL_APPLICATION_NAME": f"demo-{uuid.uuid4().hex[:8]}",
    }


def _write(show: Show, screen: Screen, sandbox: Sandbox, tally: Tally, stop: StopRequest) -> None:
    """Write everything at once: the daemon begins at the oldest record and must miss none."""

    def written(change: Change) -> None:
        tally.write(change, time.time())
        screen.written(len(tally.written), show.changes)
        stop.check()

    with screen.waiting_for("the first write"):
        write_changes(sandbox.client("dynamodb"), plan_changes(show.changes), written)
    screen.step(_since(show), f"wrote {counted(show.changes, 'change')} to the table {TABLE!r}")


def _receive(show: Show, screen: Screen, chain: _Chain, tally: Tally) -> None:
    """Receive until every change has arrived, and once more, to see repeats."""
    last = time.monotonic()
    with screen.waiting_for("the daemon checks its settings and starts"):
        while True:
            # Compared only when it can be: a comparison of thousands takes its time.
            complete = tally.arrived >= show.changes and tally.comparison().lost == 0
            chain.stop.check()
            for line in chain.daemon.new_lines():
                screen.daemon_line(_since(show), line)
            for received in chain.subscription.receive():
                last = time.monotonic()
                delays = tally.receive(received, time.time())
                screen.batch(_since(show), len(tally.received), received, delays)
            if complete:
                return
            _check(chain.daemon, last)


def _check(daemon: Daemon, last: float) -> None:
    if daemon.process.status is not None:
        status = daemon.process.status
        raise DemoError("\n".join([f"the daemon ended with status {status}:", *daemon.errors()]))
    if time.monotonic() - last > _PATIENCE_SECONDS:
        waited = f"nothing arrived for {_PATIENCE_SECONDS:.0f} s; the daemon's last errors:"
        raise DemoError("\n".join([waited, *daemon.errors()]))


def _keep(screen: Screen, settings: Mapping[str, str], topic_arn: str, pid: int) -> None:
    screen.lines(
        [
            "",
            "Everything goes on. To look at it from another terminal:",
            *[f"  export {name}={value}" for name, value in sorted(settings.items())],
            f"  stream-publisher listen {topic_arn}",
            f"The daemon's process id is {pid}. Ctrl-C ends everything.",
        ]
    )

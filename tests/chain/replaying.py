"""`stream-publisher replay` beside workers, and killed in the middle."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from consumer.sandbox.proxy import DroppedError, Request, Response
from consumer.sandbox.waits import wait_for
from tests.chain.shards import ShardedWorld

_COMMAND = (sys.executable, "-m", "consumer", "replay")


def settings(world: ShardedWorld) -> dict[str, str]:
    """The environment of the world's workers."""
    return world.sandbox.environment() | {
        "PUBLISHER_TABLE": world.stream.table,
        "PUBLISHER_STREAM_ARN": world.stream.arn,
        "PUBLISHER_TOPIC_ARN": world.topic_arn,
        "KCL_APPLICATION_NAME": world.application,
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": world.endpoint.url,
    }


def replay(environ: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    """Start the command."""
    return subprocess.Popen(
        [*_COMMAND, *arguments],
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_next_second() -> int:
    """Wait until a second begins, which nothing is in yet; return it, since 1970."""
    begun = int(time.time())
    wait_for(lambda: int(time.time()) > begun)
    return int(time.time())


@contextlib.contextmanager
def traffic(world: ShardedWorld) -> Iterator[None]:
    """Changes of new items, as long as the `with` lasts."""
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.wait(0.05):
            world.change([f"late-{number}"])
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


@dataclass
class Killer:
    """Kills the command at one of its requests, for the hooks of a Proxy.

    Attributes:
        at: At which request, counted from 0.
        after: Whether once DynamoDB has done what it asks for, rather than before.
        victim: The command.
    """

    at: int
    after: bool
    victim: subprocess.Popen[str] | None = None
    _count: int = -1
    _is_started: threading.Event = field(default_factory=threading.Event)

    def watch(self, victim: subprocess.Popen[str]) -> None:
        """Say whom to kill."""
        self.victim = victim
        self._is_started.set()

    def instead(self, _request: Request) -> Response | None:
        """Kill before the request is passed on."""
        self._count += 1
        if not self.after and self._count == self.at:
            self._kill()
            raise DroppedError
        return None

    def change(self, _request: Request, body: bytes) -> bytes:
        """Kill before its answer is passed on."""
        if self.after and self._count == self.at:
            self._kill()
        return body

    def _kill(self) -> None:
        self._is_started.wait()
        assert self.victim
        self.victim.kill()
        self.victim.wait()

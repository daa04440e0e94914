"""A record processor that dies right after each checkpoint that it makes."""

from dataclasses import dataclass
from functools import partial

import psutil
import pytest

from consumer.demo.daemon import Daemon
from consumer.sandbox.proxy import Proxy, Request
from consumer.sandbox.waits import wait_for
from tests.chain.log_lines import events, wait_for_events
from tests.chain.processes import record_processors
from tests.chain.shards import ShardedWorld

pytestmark = pytest.mark.server

LIMIT = 3


@dataclass
class Assassin:
    """Kills record processors once a checkpoint is written, before the daemon can tell them so.

    Attributes:
        kills: How many more times.
        daemon: Whose.
    """

    kills: int
    daemon: Daemon | None = None

    def __call__(self, request: Request, body: bytes) -> bytes:
        """Let the answer pass, to a daemon whose record processor is gone."""
        if self.kills and request.operation == "UpdateItem" and b'"checkpoint"' in request.body:
            self._kill()
        return body

    def has_killed(self, times: int) -> bool:
        """Whether it has killed so often, or the daemon has ended."""
        assert self.daemon
        return self.kills <= LIMIT + 1 - times or self.daemon.process.status is not None

    def _kill(self) -> None:
        assert self.daemon
        victims = record_processors(self.daemon)
        self.kills -= len(victims)
        for process in victims:
            process.kill()
        psutil.wait_procs(victims)


@pytest.mark.parametrize("sharded", [1], indirect=True)
def test_a_shard_that_advances_never_ends_the_worker(sharded: ShardedWorld) -> None:
    """Failures in a row have no checkpoint between them: the first one ends the count."""
    assassin = Assassin(kills=LIMIT + 1)
    with Proxy(sharded.sandbox.tables.url, change=assassin) as proxy:
        daemon = assassin.daemon = sharded.start_daemon(
            {
                "AWS_ENDPOINT_URL_DYNAMODB": proxy.url,
                "PUBLISHER_SHARD_FAILURES_BEFORE_EXIT": str(LIMIT),
            }
        )
        wait_for_events(daemon, "processor_started")
        for kill in range(1, LIMIT + 2):
            sharded.change(["a"])
            wait_for(partial(assassin.has_killed, kill))
        sharded.receive_until(
            lambda: sharded.ledger.is_complete or daemon.process.status is not None, 30
        )

        assert daemon.process.status is None, daemon.errors()
        assert sharded.ledger.balance().lost == 0
        assert [" 1 in a row" in line["message"] for line in events(daemon, "child_failed")] == [
            True
        ] * (LIMIT + 1)

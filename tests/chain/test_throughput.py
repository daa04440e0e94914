"""Several calls side by side, on the daemon: how few they are, and what keeps its order in them."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import Proxy, Request, Response
from tests.chain.partly import PartlyTopic, is_batch
from tests.chain.shards import ShardedWorld, new_sharded_world

pytestmark = pytest.mark.server

CHANGES = 500


@pytest.fixture
def sharded(sandbox: Sandbox, tmp_path: Path) -> Iterator[ShardedWorld]:
    """A stream of one shard."""
    with new_sharded_world(sandbox, tmp_path, 1) as world:
        yield world


def test_messages_that_fail_inside_a_call_are_never_overtaken(sharded: ShardedWorld) -> None:
    """A fifth fails and each fourth call is slow, while a few items change again and again."""
    topic, chance = PartlyTopic(sharded.sandbox.topics.url, share=0.2), random.Random(3)  # noqa: S311
    calls: Counter[str] = Counter()

    def slow_and_partly(request: Request) -> Response | None:
        calls["batches"] += is_batch(request)
        if is_batch(request) and calls["batches"] % 4 == 0:
            time.sleep(0.5)
        return topic.instead(request)

    items = [f"item-{number}" for number in range(120)]
    sharded.change([chance.choice(items) for _ in range(CHANGES)])
    with Proxy(sharded.sandbox.topics.url, instead=slow_and_partly) as proxy:
        quick = {"PUBLISHER_RETRY_MAX_WAIT_MILLIS": "200"}
        daemon = sharded.start_daemon({**quick, "AWS_ENDPOINT_URL_SNS": proxy.url})
        sharded.receive_everything()
        status = daemon.stop()
    balance = sharded.ledger.balance()

    assert (balance.written, balance.lost, balance.foreign) == (CHANGES, 0, 0)
    assert (balance.out_of_order, balance.duplicates) == (0, 0)
    assert topic.failed > 0
    assert status == 0


def test_a_thousand_changes_are_eleven_calls_at_most(sharded: ShardedWorld) -> None:
    """Of items that are all different, in a backlog."""
    calls: Counter[bool] = Counter()

    def count(request: Request) -> None:
        calls[b"Action=Publish" in request.body] += 1

    sharded.change([f"item-{number}" for number in range(1000)])
    with Proxy(sharded.sandbox.topics.url, instead=count) as proxy:
        sharded.start_daemon({"AWS_ENDPOINT_URL_SNS": proxy.url})
        sharded.receive_everything()

    assert sharded.ledger.balance().delivered == 1000
    assert 10 <= calls[True] <= 11

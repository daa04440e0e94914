"""How shards spread over workers, how long that takes, and what an idle fleet asks of AWS.

Sixteen shards of a simulated stream: one worker, a second, two more, and one of the four leaves.
Balanced is when no worker has more than one lease above another. Calls are counted without
changes, those to DynamoDB behind a proxy; reads of the stream are left out.
"""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.calls import Count
from benchmarks.figures import at_most
from benchmarks.fleet import Fleet, new_fleet
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import Proxy

SHARDS = 16
WAIT = "the longest that a change waited meanwhile, in seconds"
MOST_SECONDS = 60
_PATIENCE_SECONDS = 65.0
_COUNT_SECONDS = 20.0


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """Return seconds and calls a minute; say from time to time what is being done."""
    count = Count()
    with Sandbox() as sandbox, Proxy(sandbox.tables.url, count.note) as proxy:
        through = {"AWS_ENDPOINT_URL_DYNAMODB": proxy.url}
        with new_fleet(sandbox, SHARDS, through) as (fleet, topic):
            waits: list[float] = []
            # KCL weighs leases by what they carry: without changes it moves none.
            with fleet.watched(waits):
                told = _grow(fleet, say)
            told[WAIT] = round(max(waits), 1)
            say("counting calls")
            topic.ask("begin", millis=0)
            count.reset()
            time.sleep(_COUNT_SECONDS)
            calls = {"DynamoDB": count.reset().total(), "SNS": topic.ask("figures")["requests"]}
    minute = 60 / _COUNT_SECONDS
    told |= {
        f"calls a minute to {service}, 3 workers without changes": round(number * minute)
        for service, number in calls.items()
    }
    return {"figures": told, "verdict": _verdict(told)}


def _grow(fleet: Fleet, say: Callable[[str], None]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    workers = [fleet.start("worker-1")]
    for number in (1, 2, 4):
        say(f"{number} workers")
        while len(workers) < number:
            workers.append(fleet.start(f"worker-{len(workers) + 1}"))
        told |= _told(fleet, f"from the start of worker {number}", number)
    say("a worker leaves")
    workers.pop().stop()
    told |= _told(fleet, "from the end of one of 4", 3)
    return told


def _told(fleet: Fleet, moment: str, workers: int) -> dict[str, Any]:
    seconds = fleet.seconds_until(lambda: fleet.is_balanced(workers), _PATIENCE_SECONDS)
    held = sorted(fleet.leases().values(), reverse=True)
    return {
        f"seconds until balanced, {moment}": seconds,
        f"leases by worker, {moment}": " ".join(map(str, held)),
    }


def _verdict(told: dict[str, Any]) -> dict[str, Any]:
    return {
        name: at_most(value, MOST_SECONDS)
        for name, value in told.items()
        if name.startswith("seconds")
    }

"""How shards spread over workers, how long that takes, and what a fleet asks of AWS.

Sixteen shards of a simulated stream: one worker, a second, two more, and one of the four leaves.
Balanced is when no worker has more than one lease above another. Two read a shard at a time only
while it is handed over, which the workers' logs tell. Calls are counted without changes and with 20
a second, those to DynamoDB behind a proxy.
"""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.calls import Count
from benchmarks.figures import at_most
from benchmarks.fleet import Fleet, new_fleet
from benchmarks.helper import Helper
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import Proxy
from consumer.terminal.plurals import counted

SHARDS = 16
WAIT = "the longest that a change waited meanwhile, in seconds"
OVERLAP = "the longest that two workers had a record processor for one shard, in seconds"
MOST_SECONDS = 60
USD_A_MILLION = {
    "written to DynamoDB": 0.625,
    "read from DynamoDB": 0.125,
    "to the stream": 0.2,
    "to SNS": 0.5,
}
"""List prices of us-east-1: on-demand writes and reads of up to 1 and 4 KB, reads of a stream, and
publishes of up to 64 KB. A read of the whole lease table counts as one here."""
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})
_MINUTES = 30 * 24 * 60
_PATIENCE_SECONDS = 65.0
_COUNT_SECONDS = 15.0


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
            told[OVERLAP] = round(fleet.longest_overlap(), 1)
            say("counting calls without changes")
            idle = _calls(fleet, topic, count)
            say("counting calls with changes")
            with fleet.watched(waits):
                busy = _calls(fleet, topic, count)
    costs = {"without changes": _priced(idle), "with 20 changes a second": _priced(busy)}
    return {"figures": told, "costs": costs, "verdict": _verdict(told)}


def _calls(fleet: Fleet, topic: Helper, count: Count) -> dict[str, float]:
    """Return calls a minute."""
    topic.ask("begin", millis=20)
    count.reset()
    read = fleet.reads()
    time.sleep(_COUNT_SECONDS)
    tables = count.reset()
    writes = sum(number for operation, number in tables.items() if operation in _WRITES)
    counted = {
        "written to DynamoDB": writes,
        "read from DynamoDB": tables.total() - writes,
        "to the stream": fleet.reads() - read,
        "to SNS": topic.ask("figures")["requests"],
    }
    return {kind: number * 60 / _COUNT_SECONDS for kind, number in counted.items()}


def _priced(calls: dict[str, float]) -> dict[str, Any]:
    return {
        kind: {
            "calls_a_minute": round(number),
            "usd_a_month": round(number * _MINUTES * USD_A_MILLION[kind] / 1e6, 2),
        }
        for kind, number in calls.items()
    }


def _grow(fleet: Fleet, say: Callable[[str], None]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    workers = [fleet.start("worker-1")]
    for number in (1, 2, 4):
        say(counted(number, "worker"))
        while len(workers) < number:
            workers.append(fleet.start(f"worker-{len(workers) + 1}"))
        told |= _told(fleet, f"from the start of worker {number}", number)
    say("one of four leaves")
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

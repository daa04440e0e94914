"""What a worker does while SNS stands still for two minutes: its memory, and what arrives then.

Sixteen shards of a simulated stream with a backlog each, of records that weigh several kilobytes in
Java's memory: a worker can hold a small part only, and would run out of its heap with more. SNS
takes every call and answers none; calls end by their time-out and are tried again. Then it answers.
Memory is PSS, of the Java machine and of all its record processors.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil

from benchmarks.contest import lay_course, start_ours
from benchmarks.figures import at_most
from benchmarks.helper import Helper
from benchmarks.memory import pss
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.process import ManagedProcess
from tests.streams.ledger import Ledger

SHARDS, RECORDS, ATTRIBUTES = 16, 48_000, 40
SECONDS, MOST_GROWTH = 120, 16
_NAME = "still"
_NO_ANSWER_MILLIS = 3_600_000
_PATIENCE_SECONDS = 180.0
_EVERY_SECONDS = 15

Changes = list[tuple[str, int, float]]


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """Return mebibytes, seconds and what became of each change; say what is being done."""
    with (
        Sandbox() as sandbox,
        Helper("streams", sandbox.folder) as streams,
        Helper("topic", sandbox.folder) as topic,
    ):
        course = lay_course(
            _NAME, sandbox, streams, topic.ask("place"), SHARDS, attributes=ATTRIBUTES
        )
        worker = start_ours(course)
        try:
            return _stand_still(worker, streams, topic, say)
        finally:
            worker.kill()


def _stand_still(
    worker: ManagedProcess, streams: Helper, topic: Helper, say: Callable[[str], None]
) -> dict[str, Any]:
    ledger = Ledger()
    topic.ask("begin", millis=20)
    _arrive(ledger, streams.ask("write", table=_NAME, count=SHARDS * 100), topic)
    before = _weight(worker)
    topic.ask("begin", millis=_NO_ANSWER_MILLIS)
    began = time.monotonic()
    written = streams.ask("write", table=_NAME, count=RECORDS)
    say("SNS stands still")
    weights = list(_weights(worker, began))
    say("SNS answers")
    topic.ask("begin", millis=0)
    seconds = _arrive(ledger, written, topic)
    return figures(before, weights, seconds, ledger)


def _arrive(ledger: Ledger, written: Changes, topic: Helper) -> float:
    """Write down what was written and what has come; return the seconds until it had."""
    done = topic.ask("wait_for", records=len(written), seconds=_PATIENCE_SECONDS)
    for item_id, version, _ in written:
        ledger.write(item_id, version)
    for item_id, version, _ in topic.ask("arrived"):
        ledger.receive(item_id, version)
    return float(done["seconds"])


def figures(before: int, weights: list[int], seconds: float, ledger: Ledger) -> dict[str, Any]:
    """Return the figures and the verdict.

    Args:
        before: Mebibytes of the whole worker before SNS stood still.
        weights: The same after each quarter of a minute.
        seconds: From the first answer until everything had arrived.
        ledger: What was written and what arrived.
    """
    balance = ledger.balance()
    growth = weights[-1] - weights[-3]
    told = {
        "changes written meanwhile": RECORDS,
        "all of a worker, before (MiB)": before,
        "after each quarter of a minute (MiB)": " ".join(map(str, weights)),
        "until all had arrived, once SNS answered (seconds)": round(seconds, 1),
        "changes lost": balance.lost,
        "changes out of order": balance.out_of_order,
    }
    return {
        "figures": told,
        "promise": {"ours": {"lost": balance.lost, "out_of_order": balance.out_of_order}},
        "verdict": {"growth in the last half minute (MiB)": at_most(growth, MOST_GROWTH)},
    }


def _weights(worker: ManagedProcess, began: float) -> Iterator[int]:
    for seconds in range(_EVERY_SECONDS, SECONDS + 1, _EVERY_SECONDS):
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        yield _weight(worker)


def _weight(worker: ManagedProcess) -> int:
    children = psutil.Process(worker.pid).children(recursive=True)
    return round(pss(worker.pid) + sum(pss(child.pid) for child in children))

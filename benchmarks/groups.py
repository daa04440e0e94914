"""How fast a FIFO topic gets a backlog, by what it keeps in order (`publisher.fifoGroup`).

The real daemon three times, each with a shard of a simulated stream, as in `throughput`: with the
shard as the message group, with an item, and with one of eight hashes. All are started before, and
take turns; SNS answers after 20 ms. A full message has ten changes; no two of any 10,000 changes in
a row are of one item, so that a message of an item has one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import click

from benchmarks.contest import Course, Side, contest, start_ours
from benchmarks.figures import at_least, ratios, spread
from benchmarks.helper import Helper
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.process import ManagedProcess
from tests.streams.ledger import Ledger

GROUPS = {"shard": "shard", "item": "item", "hash8": "hash:8"}
"""By the side's name, the setting."""
RECORDS = {"shard": 2_000, "item": 20_000, "hash8": 20_000}
"""What takes some seconds, and fills each message that can be full."""
TODAY = "shard"
LEAST_TIMES = 5

_REPEATS = 3
_MILLIS = 20
_WARM_UP = 2_000
_PATIENCE_SECONDS = 120.0


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures; say from time to time what is being done."""
    starts = {name: partial(_start, group) for name, group in GROUPS.items()}
    with (
        Sandbox() as sandbox,
        Helper("streams", sandbox.folder) as streams,
        Helper("topic", sandbox.folder) as topic,
    ):
        say("starting all sides")
        with contest(sandbox, streams, topic.ask("place"), starts) as sides:
            track = _Track(streams, topic)
            for side in sides:
                track.drain(side, _WARM_UP)
            runs: dict[str, list[Mapping[str, float]]] = {side.name: [] for side in sides}
            for number in range(_REPEATS):
                for side in sides:
                    say(f"{GROUPS[side.name]}: {number + 1} of {_REPEATS}")
                    runs[side.name].append(track.drain(side, RECORDS[side.name]))
            return {**figures(runs), "promise": track.promise()}


def _start(group: str, course: Course) -> ManagedProcess:
    fifo = replace(course, topic_arn=f"{course.topic_arn}.fifo")
    return start_ours(fifo, {"PUBLISHER_FIFO_GROUP": group})


class _Track:
    """Where sides run, one at a time."""

    def __init__(self, streams: Helper, topic: Helper) -> None:
        self._streams, self._topic = streams, topic
        self._ledgers = {name: Ledger() for name in GROUPS}

    def drain(self, side: Side, records: int) -> Mapping[str, float]:
        """Let a side publish a backlog; return what the topic saw of it."""
        self._topic.ask("begin", millis=_MILLIS)
        written = self._streams.ask("write", table=side.name, count=records)
        done = self._topic.ask("wait_for", records=records, seconds=_PATIENCE_SECONDS)
        if done["records"] < records:
            raise click.ClickException(f"{side.name}: {done} of {records}\n{side.tail()}")
        for item_id, version, _ in written:
            self._ledgers[side.name].write(item_id, version)
        for item_id, version, _ in self._topic.ask("arrived"):
            self._ledgers[side.name].receive(item_id, version)
        return dict(done)

    def promise(self) -> dict[str, dict[str, int]]:
        """What came of everything that was written, by side."""
        balances = {name: ledger.balance() for name, ledger in self._ledgers.items()}
        return {
            name: {"lost": balance.lost, "out_of_order": balance.out_of_order}
            for name, balance in balances.items()
        }


def figures(runs: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, Any]:
    """Return rates, the fill of messages and ratios by grouping, and the verdict."""
    rates = {name: [_rate(run) for run in of_name] for name, of_name in runs.items()}
    found: dict[str, Any] = {}
    for name, setting in GROUPS.items():
        found[f"{setting}: changes a second"] = spread(rates[name], 0)
        fill = (run["records"] / run["messages"] for run in runs[name])
        found[f"{setting}: changes in a message"] = spread(fill, 1)
        found[f"{setting}: calls for 1,000 changes"] = spread(
            (1000 * run["calls"] / run["records"] for run in runs[name]), 1
        )
    others = {name: ratios(rates[name], rates[TODAY]) for name in GROUPS if name != TODAY}
    for name, times in others.items():
        found[f"{GROUPS[name]}: times {TODAY}"] = times
    return {
        "unit": "FIFO topic, 20 ms a call",
        "figures": found,
        "verdict": {
            f"{name}_times_{TODAY}": at_least(times["median"], LEAST_TIMES)
            for name, times in others.items()
        },
    }


def _rate(run: Mapping[str, float]) -> float:
    return run["records"] / run["seconds"]

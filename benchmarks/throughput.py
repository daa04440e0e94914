"""How fast a backlog drains: ours beside what a user would otherwise run.

The real daemon with its record processor, the kclpy sample's way on the same daemon, a Java
consumer on the adapter, and a boto3 loop. Each reads one shard of a simulated stream and publishes
batches of ten to a stand-in for SNS that answers after 0, 20 or 100 ms; streams and stand-in have
processes of their own. Time runs from the first call to the last answer. All sides are started
before; those whose turn it is not have nothing to do. How many records a side gets depends on
how fast it was, so that each run takes some seconds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from benchmarks.contest import STARTS, Side, contest
from benchmarks.figures import at_least, at_most, next_size, per_thousand, ratios, spread
from benchmarks.helper import Helper
from consumer.sandbox.backends import Sandbox
from tests.streams.ledger import Ledger

REPEATS: Mapping[int, int] = {20: 3, 0: 2, 100: 2}
"""By the milliseconds of a call to SNS: the first is judged, the others stand beside it."""
JUDGED = "20"

SECONDS = 3.0
MOST = 20_000
LEAST_TO_SAMPLE, LEAST_TO_JAVA, MOST_CALLS = 15, 1, 11
_PATIENCE_SECONDS = 120.0
_WARM_UP = 1_000


@dataclass(frozen=True)
class Run:
    """What one side did with one backlog."""

    records: int
    seconds: float
    calls: int

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds


class Track:
    """Where sides run, one at a time.

    Args:
        streams: Where backlogs are written.
        topic: Where they are published.
    """

    def __init__(self, streams: Helper, topic: Helper) -> None:
        self._streams, self._topic = streams, topic
        self._sizes: dict[tuple[str, int], int] = {}
        self.ledgers = {name: Ledger() for name in STARTS}

    def warm_up(self, side: Side) -> None:
        """Let the first records pass, which wait for connections and compilers."""
        self._drain(side, _WARM_UP, 0)

    def run(self, side: Side, millis: int) -> Run:
        """Measure a side, again with more records where it was done too soon to tell."""
        key = side.name, millis
        while True:
            size = self._sizes.get(key, 200)
            run = self._drain(side, size, millis)
            self._sizes[key] = next_size(size, run.seconds, SECONDS, MOST)
            if run.seconds > SECONDS / 2 or size == MOST:
                return run

    def promise(self) -> dict[str, dict[str, int]]:
        """What came of everything that was written, by side."""
        balances = {name: ledger.balance() for name, ledger in self.ledgers.items()}
        return {
            name: {
                "written": balance.written,
                "lost": balance.lost,
                "out_of_order": balance.out_of_order,
            }
            for name, balance in balances.items()
        }

    def _drain(self, side: Side, records: int, millis: int) -> Run:
        self._topic.ask("begin", millis=millis)
        written = self._streams.ask("write", table=side.name, count=records)
        done = self._topic.ask("wait_for", records=records, seconds=_PATIENCE_SECONDS)
        if done["records"] < records:
            raise click.ClickException(f"{side.name}: {done} of {records}\n{side.tail()}")
        self._compare(side.name, written)
        return Run(records, done["seconds"], done["calls"])

    def _compare(self, name: str, written: Sequence[tuple[str, int, float]]) -> None:
        for item_id, version, _ in written:
            self.ledgers[name].write(item_id, version)
        for item_id, version, _ in self._topic.ask("arrived"):
            self.ledgers[name].receive(item_id, version)


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures; say from time to time what is being done."""
    with (
        Sandbox() as sandbox,
        Helper("streams", sandbox.folder) as streams,
        Helper("topic", sandbox.folder) as topic,
    ):
        say("starting all sides")
        with contest(sandbox, streams, topic.ask("place")) as sides:
            track = Track(streams, topic)
            for side in sides:
                say(f"{side.name}: warming up")
                track.warm_up(side)
            return {**figures(_runs(sides, track, say)), "promise": track.promise()}


def _runs(
    sides: Sequence[Side], track: Track, say: Callable[[str], None]
) -> dict[int, dict[str, list[Run]]]:
    runs: dict[int, dict[str, list[Run]]] = {}
    for millis, repeats in REPEATS.items():
        runs[millis] = {side.name: [] for side in sides}
        for number in range(repeats):
            for side in sides:
                say(f"{side.name}: {millis} ms, {number + 1} of {repeats}")
                runs[millis][side.name].append(track.run(side, millis))
    return runs


def figures(runs: Mapping[int, Mapping[str, Sequence[Run]]]) -> dict[str, Any]:
    """Return rates, calls and ratios by the milliseconds of a call, and the verdict."""
    found = {str(millis): _of_one_delay(sides) for millis, sides in sorted(runs.items())}
    return {"millis_per_call": found, "verdict": verdict(found[JUDGED])}


def _of_one_delay(sides: Mapping[str, Sequence[Run]]) -> dict[str, Any]:
    ours = [run.rate for run in sides["ours"]]
    return {
        name: {
            "records_per_second": spread((run.rate for run in runs), 0),
            "calls_per_1000_records": per_thousand(
                sum(run.calls for run in runs), sum(run.records for run in runs)
            ),
            "ours_is_faster_by": ratios(ours, [run.rate for run in runs]),
        }
        for name, runs in sides.items()
    }


def verdict(judged: Mapping[str, Any]) -> dict[str, Any]:
    """Return the three numbers that decide, each with its limit and whether it is kept."""
    to_sample = judged["sample"]["ours_is_faster_by"]["median"]
    to_java = judged["java"]["ours_is_faster_by"]["median"]
    calls = judged["ours"]["calls_per_1000_records"]
    return {
        "times_the_sample": at_least(to_sample, LEAST_TO_SAMPLE),
        "times_java": at_least(to_java, LEAST_TO_JAVA),
        "calls_per_1000_records": at_most(calls, MOST_CALLS),
    }

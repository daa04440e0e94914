"""How soon a write is seen: from the change in the stream to the answer of SNS, at defaults.

One shard of a simulated stream, and a stand-in for SNS that answers after 20 ms. What DynamoDB
takes to put a change into its stream comes on top.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from benchmarks.contest import Side, lay_course, start_ours
from benchmarks.figures import at_most, percentile, spread
from benchmarks.helper import Helper
from consumer.sandbox.backends import Sandbox

RATES = (5, 100)
"""Changes a second."""

SECONDS, REPEATS, SNS_MILLIS = 20, 3, 20
MOST_P50, MOST_P99 = 0.7, 1.5
_PATIENCE_SECONDS = 60.0


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """Return seconds from write to answer; say from time to time what is being done."""
    with (
        Sandbox() as sandbox,
        Helper("streams", sandbox.folder) as streams,
        Helper("topic", sandbox.folder) as topic,
    ):
        say("starting")
        course = lay_course("ours", sandbox, streams, topic.ask("place"))
        side = Side("ours", start_ours(course))
        try:
            side.wait_until_ready()
            _delays(streams, topic, 100, 100)
            return figures(_measured(streams, topic, say))
        finally:
            side.end()


def _measured(
    streams: Helper, topic: Helper, say: Callable[[str], None]
) -> dict[int, list[Sequence[float]]]:
    found: dict[int, list[Sequence[float]]] = {rate: [] for rate in RATES}
    for number in range(REPEATS):
        for rate in RATES:
            say(f"{rate} changes a second, {number + 1} of {REPEATS}")
            found[rate].append(_delays(streams, topic, rate * SECONDS, rate))
    return found


def _delays(streams: Helper, topic: Helper, count: int, per_second: float) -> Sequence[float]:
    topic.ask("begin", millis=SNS_MILLIS)
    written = streams.ask("trickle", table="ours", count=count, per_second=per_second)
    done = topic.ask("wait_for", records=count, seconds=_PATIENCE_SECONDS)
    if done["records"] < count:
        raise click.ClickException(f"{done} of {count}")
    return delays(written, topic.ask("arrived"))


def delays(
    written: Sequence[tuple[str, int, float]], arrived: Sequence[tuple[str, int, float]]
) -> Sequence[float]:
    """Return each change's seconds from its write to its first arrival.

    Raises:
        KeyError: One did not arrive.
    """
    first = {(item_id, version): at for item_id, version, at in reversed(arrived)}
    return [first[item_id, version] - at for item_id, version, at in written]


def figures(found: Mapping[int, Sequence[Sequence[float]]]) -> dict[str, Any]:
    """Return percentiles by rate, over the repeats, and the verdict."""
    told = {
        f"p{percent} at {rate} changes a second": spread(
            percentile(repeat, percent) for repeat in repeats
        )
        for rate, repeats in found.items()
        for percent in (50, 99)
    }
    return {
        "unit": "seconds",
        "figures": told,
        "verdict": {
            name: at_most(figure["median"], MOST_P50 if name.startswith("p50") else MOST_P99)
            for name, figure in told.items()
            if name != "p50 at 5 changes a second"
        },
    }

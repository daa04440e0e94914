"""From measured numbers to the figures that are told."""

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

NAMES = {
    "ours": "this program",
    "sample": "kclpy's sample",
    "java": "Java consumer",
    "loop": "boto3 loop",
}
"""What documents call the sides of `throughput`."""


def spread(values: Iterable[float], digits: int = 2) -> dict[str, float]:
    """Return median, lowest and highest of one number or more."""
    rounded = [round(value, digits) for value in values]
    return {
        "median": round(statistics.median(rounded), digits),
        "lowest": min(rounded),
        "highest": max(rounded),
    }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """Return the spread of ours over theirs, repeat by repeat: a pair runs one after the other."""
    return spread(mine / other for mine, other in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the least value that so many percent of the values don't exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def per_thousand(calls: float, records: float) -> float:
    """Return how many calls a thousand records cost."""
    return round(1000 * calls / records, 1)


def at_least(figure: float, limit: float) -> dict[str, float | bool]:
    """Return a figure with its limit, and whether it is kept."""
    return {"is": figure, "at_least": limit, "kept": figure >= limit}


def at_most(figure: float, limit: float) -> dict[str, float | bool]:
    """Return a figure with its limit, and whether it is kept."""
    return {"is": figure, "at_most": limit, "kept": figure <= limit}


def next_size(records: int, seconds: float, wanted_seconds: float, most: int) -> int:
    """Return how many records to measure next, in hundreds, so that it takes about so long."""
    wanted = records / max(seconds, 0.001) * wanted_seconds
    return min(most, max(200, round(wanted / 100) * 100))


def tables_of(measured: Mapping[str, Any]) -> Iterator[list[list[str]]]:
    """Yield the rows of each of a scenario's tables, its head first."""
    if "millis_per_call" in measured:
        yield list(_by_delay(measured["millis_per_call"]))
    else:
        yield list(_by_figure(measured))
    if "costs" in measured:
        yield list(_by_cost(measured["costs"]))


def _by_figure(measured: Mapping[str, Any]) -> Iterator[list[str]]:
    yield [str(measured.get("unit", "figure")), "median (lowest to highest)"]
    for name, value in measured["figures"].items():
        yield [name, text(value)]


def _by_delay(delays: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["records a second, where SNS answers after", *(f"{millis} ms" for millis in delays)]
    for name, title in NAMES.items():
        yield [title, *(text(sides[name]["records_per_second"]) for sides in delays.values())]
    for name, title in list(NAMES.items())[1:]:
        ratio = (text(sides[name]["ours_is_faster_by"]) for sides in delays.values())
        yield [f"times {title}", *ratio]
    calls = (text(sides["ours"]["calls_per_1000_records"]) for sides in delays.values())
    yield ["SNS calls of this program for 1,000 records", *calls]


def _by_cost(costs: Mapping[str, Any]) -> Iterator[list[str]]:
    """Calls and money, with a sum of the money."""
    yield ["calls a minute, and US dollars a month", *costs]
    kinds = next(iter(costs.values()))
    for kind in kinds:
        cells = (calls[kind] for calls in costs.values())
        yield [kind, *(f"{c['calls_a_minute']:,} ({c['usd_a_month']:.2f})" for c in cells)]
    sums = (sum(call["usd_a_month"] for call in calls.values()) for calls in costs.values())
    yield ["US dollars a month", *(f"{month:.2f}" for month in sums)]


def text(figure: object) -> str:
    """Write a figure for a person: a spread in one cell, anything else as it is."""
    if isinstance(figure, Mapping) and "median" in figure:
        return f"{figure['median']:,g} ({figure['lowest']:,g} to {figure['highest']:,g})"
    return f"{figure:,}" if isinstance(figure, int | float) else str(figure)

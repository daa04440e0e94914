"""CloudWatch's embedded metric format, held against its specification; and sums of such lines."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

UNITS = frozenset({"Seconds", "Microseconds", "Milliseconds", "Bytes", "Count", "Percent", "None"})


def check(line: Mapping[str, Any]) -> None:
    """Fail where CloudWatch would take no metric out of a line, or not all of them."""
    head = line["_aws"]
    assert set(head) == {"Timestamp", "CloudWatchMetrics"}
    assert isinstance(head["Timestamp"], int)
    assert len(json.dumps(line)) < 256 * 1024
    for directive in head["CloudWatchMetrics"]:
        assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
        assert 1 <= len(directive["Namespace"]) <= 255
        assert 1 <= len(directive["Metrics"]) <= 100
        for dimensions in directive["Dimensions"]:
            _check_dimensions(line, dimensions)
        for metric in directive["Metrics"]:
            _check_metric(line, metric)


def _check_dimensions(line: Mapping[str, Any], names: list[str]) -> None:
    assert len(names) <= 30
    for name in names:
        assert 1 <= len(name) <= 250
        assert isinstance(line[name], str)
        assert 1 <= len(line[name]) <= 1024


def _check_metric(line: Mapping[str, Any], metric: Mapping[str, Any]) -> None:
    assert {"Name", "Unit"} <= set(metric) <= {"Name", "Unit", "StorageResolution"}
    assert 1 <= len(metric["Name"]) <= 255
    assert metric["Unit"] in UNITS
    values = values_of(line, metric["Name"])
    assert 1 <= len(values) <= 100
    assert all(isinstance(value, int | float) for value in values)


def values_of(line: Mapping[str, Any], name: str) -> list[float]:
    """The values of a metric in a line; none where it isn't there."""
    value = line.get(name, [])
    return value if isinstance(value, list) else [value]


def total(lines: Iterable[Mapping[str, Any]], name: str) -> float:
    """The sum of a metric over lines."""
    return sum(sum(values_of(line, name)) for line in lines)


def names_of(line: Mapping[str, Any]) -> set[str]:
    """The metrics of a line."""
    return {
        metric["Name"]
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
    }


def metric_lines(lines: Iterable[str]) -> list[Mapping[str, Any]]:
    """Those lines of a log that CloudWatch takes metrics out of."""
    return [parsed for parsed in map(json.loads, lines) if "_aws" in parsed]

"""The picture of the kept figures of `throughput`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pygal
from pygal.style import LightColorizedStyle

from benchmarks.figures import NAMES
from benchmarks.results import FOLDER

PICTURE = FOLDER / "throughput.svg"


def draw(measured: Mapping[str, Any]) -> bytes:
    """Return an SVG, the same for the same figures: a group of bars for each delay of SNS."""
    delays: Mapping[str, Any] = measured["millis_per_call"]
    chart = pygal.Bar(
        # Nothing is loaded from elsewhere, and nothing in it is random.
        js=[],
        no_prefix=True,
        disable_xml_declaration=True,
        style=LightColorizedStyle,
        width=800,
        height=400,
        legend_at_bottom=True,
        print_values=True,
        value_formatter=lambda value: f"{value:,.0f}",
        title="Records a second from one shard, by the time that SNS takes for a call",
    )
    chart.x_labels = [f"{millis} ms" for millis in delays]
    for name, title in NAMES.items():
        chart.add(title, [sides[name]["records_per_second"]["median"] for sides in delays.values()])
    return bytes(chart.render())


def keep_picture(measured: Mapping[str, Any], place: Path = PICTURE) -> None:
    """Draw figures into a file."""
    place.write_bytes(draw(measured))

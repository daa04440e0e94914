"""The picture of the kept figures of `throughput`."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.figures import NAMES
from benchmarks.results import FOLDER

PICTURE = FOLDER / "throughput.svg"
_WIDTH = 0.2
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def draw(measured: Mapping[str, Any]) -> str:
    """Return an SVG, the same for the same figures: a group of bars for each delay of SNS."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    delays: Mapping[str, Any] = measured["millis_per_call"]
    for number, (name, title) in enumerate(NAMES.items()):
        rates = [sides[name]["records_per_second"]["median"] for sides in delays.values()]
        places = [group + number * _WIDTH for group in range(len(rates))]
        axes.bar_label(axes.bar(places, rates, _WIDTH, label=title), fmt="{:,.0f}", fontsize=8)
    axes.set_title("Records a second from one shard, by the time that SNS takes for a call")
    middle = _WIDTH * (len(NAMES) - 1) / 2
    axes.set_xticks([group + middle for group in range(len(delays))], [f"{ms} ms" for ms in delays])
    # The slowest and the fastest are too far apart for one scale of equal steps.
    axes.set_yscale("log")
    axes.legend()
    return _svg(figure)


def _svg(figure: Figure) -> str:
    written = io.StringIO()
    # Text stays text, and nothing in the file depends on when it was drawn.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "throughput"}):
        figure.savefig(written, format="svg", metadata=_NO_METADATA)
    return written.getvalue()


def keep_picture(measured: Mapping[str, Any], place: Path = PICTURE) -> None:
    """Draw figures into a file."""
    place.write_text(draw(measured))

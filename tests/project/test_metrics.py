"""Metrics are the same in the code, the daemon and the documents."""

import re

from consumer.telemetry.metrics import DIMENSIONS, METRICS, NAMESPACE, OF_THE_DAEMON
from tests.places import ROOT
from tests.project.tables import rows

PAGE = (ROOT / "docs" / "metrics.md").read_text()
JAVA = ROOT / "daemon" / "src" / "main" / "java"
DAEMON = next(JAVA.rglob("Metrics.java")).read_text()


def test_the_page_lists_every_metric() -> None:
    """Name, unit, meaning and what is normal, by who writes it."""
    listed = {
        name: rows(PAGE, heading)
        for name, heading in (
            ("processor", "Of the record processors"),
            ("daemon", "Of the daemon"),
        )
    }
    known = [
        [f"`{key}`", metric.unit, metric.meaning, metric.normal] for key, metric in METRICS.items()
    ]
    of_the_daemon = {f"`{key}`" for key in OF_THE_DAEMON}

    assert listed["processor"] == [row for row in known if row[0] not in of_the_daemon]
    assert listed["daemon"] == [row for row in known if row[0] in of_the_daemon]


def test_the_daemon_writes_the_metrics_that_are_its_own() -> None:
    """In the same name space, with the same unit and dimensions."""
    assert set(re.findall(r'(?:one|several)\("(\w+)"', DAEMON)) == OF_THE_DAEMON
    assert f'NAMESPACE = "{NAMESPACE}"' in DAEMON
    assert tuple(re.findall(r'dimensions\.put\("(\w+)"', DAEMON)) == DIMENSIONS
    units = {metric.unit for key, metric in METRICS.items() if key in OF_THE_DAEMON}
    assert units == set(re.findall(r'"Unit", "(\w+)"', DAEMON))


def test_the_page_says_where_metrics_are_and_how_many_are_paid_for() -> None:
    """The formula has the numbers of the list."""
    own = len(METRICS) - len(OF_THE_DAEMON)
    assert f"`{NAMESPACE}`" in PAGE
    assert all(f"`{name}`" in PAGE for name in DIMENSIONS)
    assert f"0.30 USD x {len(METRICS)}, at most" in PAGE
    assert f"0.30 USD x {own} x open shards" in PAGE
    assert f"{0.30 * len(METRICS):.2f} USD" in PAGE
    assert f"{0.30 * own:.2f} USD a shard" in PAGE


def test_the_setting_names_the_cost() -> None:
    """Who adds a metric changes what everybody pays."""
    text = re.sub(r"\n# ", " ", (ROOT / "properties" / "aws.properties").read_text())
    assert f"{len(METRICS)} metrics cost at most {0.30 * len(METRICS):.2f} USD a month" in text

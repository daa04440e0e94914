"""What docs/deploy.md says a month costs follows from defaults and prices."""

import re

from consumer.reference.all_settings import all_settings
from consumer.telemetry.metrics import METRICS as METRIC_NAMES
from tests.places import ROOT
from tests.project.tables import rows

DEPLOY = (ROOT / "docs" / "deploy.md").read_text()
METRICS = (ROOT / "docs" / "metrics.md").read_text()
COSTS = {name: cells for name, *cells in rows(DEPLOY, "What it costs")}
MINUTES = 730 * 60


def reads(name: str) -> int:
    """How many reads a minute a row says."""
    found = re.search(r"(\d+) a minute", COSTS[name][0])
    assert found
    return int(found[1])


def test_the_reads_are_those_of_the_default_pace() -> None:
    """A pause between two reads of a busy shard, twice that on a quiet one."""
    defaults = {setting.key: setting.default for setting in all_settings()}
    pause_millis = int(str(defaults["idleTimeBetweenReadsInMillis"]))

    assert reads("or of a busy one") == 60_000 / pause_millis
    assert reads("reads of a quiet shard") == 60_000 / (2 * pause_millis)


def test_a_row_costs_its_amount_times_its_price() -> None:
    """To the cent; where there are two prices, they add up."""
    for name in ("reads of a quiet shard", "or of a busy one"):
        assert float(COSTS[name][2]) == round(reads(name) * MINUTES * 0.02 / 100_000, 2)
    assert float(COSTS["lease table, writes"][2]) == round((60 + 20) * MINUTES * 0.625e-6, 2)
    assert float(COSTS["lease table, reads"][2]) == round(240 * MINUTES * 0.125e-6, 2)
    assert COSTS["metrics"][0] == f"{len(METRIC_NAMES)} at most"
    assert float(COSTS["metrics"][2]) == round(len(METRIC_NAMES) * 0.30, 2)
    fargate = COSTS["Fargate, 0.5 vCPU and 1 GB"][2]
    assert float(fargate) == round(730 * (0.5 * 0.04048 + 0.004445), 2)


def test_a_million_changes_by_lambda_cost_what_the_page_says() -> None:
    """Requests, and a quarter of a GB for 50 ms each."""
    invocations = 1_000_000 / 10
    dollars = invocations * (0.20e-6 + 0.25 * 0.05 * 0.0000166667)

    assert f"some {dollars:.2f} dollars with 256 MB and 50 ms\neach" in DEPLOY


def test_prices_are_of_one_month() -> None:
    """Whoever checks them checks all of them."""
    dates = re.findall(r"list price[^.]*? (\w+ 20\d\d)", f"{DEPLOY} {METRICS}")

    assert len(dates) == 2
    assert len(set(dates)) == 1

"""From measured numbers to what is told."""

import pytest

from benchmarks import figures, latency, standstill, throughput
from benchmarks.throughput import Run
from tests.streams.ledger import Ledger


def test_a_spread_is_median_lowest_and_highest() -> None:
    """Of an even number of repeats too."""
    assert figures.spread([3.0, 1.0, 2.0]) == {"median": 2.0, "lowest": 1.0, "highest": 3.0}
    assert figures.spread([1.0, 2.0]) == {"median": 1.5, "lowest": 1.0, "highest": 2.0}


def test_ratios_are_taken_repeat_by_repeat() -> None:
    """A slow minute of the machine slows both of a pair."""
    assert figures.ratios([10, 40], [5, 10]) == {"median": 3.0, "lowest": 2.0, "highest": 4.0}


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_a_percentile_is_one_of_the_values(percent: int, value: int) -> None:
    """Nothing is interpolated."""
    assert figures.percentile(range(100, 0, -1), percent) == value


def test_one_value_is_every_percentile() -> None:
    """The least there is."""
    assert figures.percentile([7.0], 99) == 7.0


def test_the_next_size_takes_about_the_wanted_time() -> None:
    """In hundreds, not below two of them, and not above the most."""
    assert figures.next_size(200, 0.5, 3.0, 20_000) == 1_200
    assert figures.next_size(200, 60.0, 3.0, 20_000) == 200
    assert figures.next_size(200, 0.0, 3.0, 20_000) == 20_000


def test_limits_are_kept_at_the_limit_itself() -> None:
    """On both sides."""
    assert figures.at_least(15, 15)["kept"]
    assert not figures.at_least(14.99, 15)["kept"]
    assert figures.at_most(11, 11)["kept"]
    assert not figures.at_most(11.1, 11)["kept"]


def runs(ours: float, calls: int) -> dict[str, list[Run]]:
    """One repeat of each side; the others publish 100 records a second, ten a call."""
    sides = {name: [Run(1_000, 10.0, 100)] for name in ("sample", "java", "loop")}
    return {"ours": [Run(1_000, 1_000 / ours, calls)], **sides}


@pytest.mark.parametrize(
    ("ours", "calls", "kept"),
    [(1_500, 11, [True, True, True]), (1_499, 12, [False, True, False]), (99, 10, [False] * 2)],
)
def test_throughput_is_judged_at_20_ms(ours: float, calls: int, kept: list[bool]) -> None:
    """By three numbers, whatever the other delays say."""
    found = throughput.figures({20: runs(ours, calls), 0: runs(1, 1_000), 100: runs(1, 1_000)})

    verdict = [limit["kept"] for limit in found["verdict"].values()]
    assert len(verdict) == 3
    assert verdict[: len(kept)] == kept


def test_figures_of_throughput_stand_by_delay_and_side() -> None:
    """In the order of the delays."""
    found = throughput.figures({20: runs(1_500, 10), 0: runs(2_000, 10)})

    assert list(found["millis_per_call"]) == ["0", "20"]
    assert found["millis_per_call"]["20"]["loop"]["calls_per_1000_records"] == 100.0
    assert found["millis_per_call"]["20"]["loop"]["ours_is_faster_by"]["median"] == 15.0


def test_a_delay_is_counted_to_the_first_arrival() -> None:
    """A repeat of a message makes nothing slower."""
    written = [("a", 1, 10.0), ("b", 1, 11.0)]
    arrived = [("a", 1, 10.5), ("b", 1, 13.0), ("a", 1, 19.0)]

    assert latency.delays(written, arrived) == [0.5, 2.0]


def test_a_change_that_did_not_arrive_has_no_delay() -> None:
    """It must not pass for a fast one."""
    with pytest.raises(KeyError):
        latency.delays([("a", 1, 10.0)], [])


def test_a_spread_is_told_with_its_ends() -> None:
    """Large numbers in groups of three."""
    told = figures.text({"median": 12000.0, "lowest": 9000.5, "highest": 13000})
    assert told == "12,000 (9,000.5 to 13,000)"
    assert figures.text(1234) == "1,234"
    assert figures.text("8 8") == "8 8"


def test_calls_stand_beside_their_price_with_a_sum() -> None:
    """A table of its own below that of the figures."""
    cost = {"to SNS": {"calls_a_minute": 1_200, "usd_a_month": 25.92}}
    more = {"to SNS": {"calls_a_minute": 0, "usd_a_month": 0.0}}
    measured = {"figures": {"seconds": 3}, "costs": {"busy": cost, "idle": more}}

    told, priced = figures.tables_of(measured)

    assert told[1:] == [["seconds", "3"]]
    assert priced[0][1:] == ["busy", "idle"]
    assert priced[1:] == [
        ["to SNS", "1,200 (25.92)", "0 (0.00)"],
        ["US dollars a month", "25.92", "0.00"],
    ]


@pytest.mark.parametrize(("last", "kept"), [(146, True), (147, False)])
def test_memory_may_not_grow_at_the_end_of_a_standstill(last: int, kept: bool) -> None:  # noqa: FBT001 - a parameter
    """What it grows before is what a worker may hold; a lost change is told."""
    ledger = Ledger()
    ledger.write("a", 1)

    found = standstill.figures(80, [100, 110, 115, 120, 125, 130, 131, last], 9.0, ledger)

    (growth,) = found["verdict"].values()
    assert growth["kept"] is kept
    assert found["promise"]["ours"] == {"lost": 1, "out_of_order": 0}

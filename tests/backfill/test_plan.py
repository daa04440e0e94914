"""What a backfill is said to take."""

import pytest

from consumer.backfill.plan import BackfillPlan, TableSize, plan_backfill


def test_a_million_items_of_a_kilobyte() -> None:
    """By DynamoDB's list prices: reads, a write a second, and calls of 64 KB."""
    plan = plan_backfill(TableSize(1_000_000, 1_024_000_000), 0, 10, units_per_second=100)

    assert (plan.items, plan.messages, plan.read_units) == (1_000_000, 100_000, 250_000)
    assert plan.minutes == pytest.approx(2500 / 60)
    assert plan.dollars == pytest.approx(0.03125 + 0.0078125 + 0.0015625)


def test_only_what_is_left_counts() -> None:
    """Of small items ten messages leave in a call."""
    plan = plan_backfill(TableSize(1_000, 40_960), 900, 10, units_per_second=1)

    assert (plan.items, plan.messages, plan.read_units) == (100, 10, 1)
    assert plan.dollars == pytest.approx(0.125e-6 + 0.5e-6 + 0.625e-6)
    assert plan.to_json()["dollars"] == 0


@pytest.mark.parametrize(("items", "published"), [(0, 0), (10, 12)])
def test_a_table_that_seems_empty_takes_nothing(items: int, published: int) -> None:
    """DynamoDB's count is hours old: more may be published than it says."""
    assert plan_backfill(TableSize(items, 1000), published, 10, 1) == BackfillPlan(0, 0, 0, 0, 0)

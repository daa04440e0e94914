"""Read units come in at a steady rate, and debts are paid back."""

import math

from hypothesis import given
from hypothesis import strategies as st

from consumer.backfill.budget import PageSize, TokenBucket


def test_what_is_saved_for_a_second_may_be_read_at_once() -> None:
    """And no more than that, however long nothing was read."""
    budget = TokenBucket(10, now=100.0)

    assert budget.wait(100.0) == 0
    budget.spend(10, 1000.0)
    assert budget.wait(1000.0) == 0
    budget.spend(5, 1000.0)
    assert budget.wait(1000.0) == 0.5


def test_a_page_that_cost_more_is_paid_back() -> None:
    """Its price is known afterwards only."""
    budget = TokenBucket(10, now=0.0)
    budget.spend(110, 0.0)

    assert budget.wait(0.0) == 10.0
    assert budget.wait(4.0) == 6.0
    assert budget.wait(10.0) == 0.0


@given(
    rate=st.floats(1, 10_000),
    pages=st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 3)), min_size=1, max_size=50),
)
def test_no_more_is_consumed_than_the_rate_gives(
    rate: float, pages: list[tuple[float, float]]
) -> None:
    """In any time from the beginning: what came in, a second's savings, and the page under way."""
    budget, now, consumed = TokenBucket(rate, 0.0), 0.0, 0.0
    for units, idle in pages:
        now += budget.wait(now) + idle
        assert consumed <= (rate * now + rate) * 1.000001
        budget.spend(units, now)
        consumed += units


def test_a_page_grows_and_shrinks_to_what_it_may_cost() -> None:
    """By what the last one has cost for each item."""
    page = PageSize(25)
    assert page.items == 10
    page.learn(10, 1)
    assert page.items == 250
    page.learn(250, 500)
    assert page.items == 12


def test_a_page_has_an_item_at_least() -> None:
    """Where one costs more than all that may be read; one without items tells nothing."""
    page = PageSize(0.25)
    page.learn(1, 100)
    assert page.items == 1
    page.learn(0, 1)
    page.learn(5, 0)
    assert page.items == 1


def test_a_slow_rate_does_not_make_pages_of_what_is_rounded_up() -> None:
    """Items of 100 bytes, forty to a unit: even a page of one item costs a whole unit."""
    page = PageSize(0.25)
    for _ in range(10):
        page.learn(page.items, math.ceil(page.items / 40))

    assert page.items / math.ceil(page.items / 40) > 25

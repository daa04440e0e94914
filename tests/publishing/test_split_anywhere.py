"""The promise: killed at any step and started again, nothing is lost and no item's order breaks."""

from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing.ports import ConcurrencyLimits
from tests.builders import grouped
from tests.fakes import Fuse, Killed
from tests.lives.killed import Outside, Surroundings, live, lose_nothing

PAGES = st.lists(st.integers(0, 45), max_size=5)
CUTS = st.lists(st.integers(0, 30), max_size=5)
SURROUNDINGS = st.builds(
    Surroundings,
    pages=PAGES,
    items=st.sampled_from([1, 7, 60, 10_000]),
    limits=st.builds(
        ConcurrencyLimits, calls=st.integers(1, 4), messages=st.sampled_from([1, 2, 3, 10])
    ),
    chance=st.randoms(use_true_random=False),
    gives_up=st.sampled_from([0, 0, 10]),
    form=st.sampled_from(["shard", "item", "hash:1", "hash:3"]).map(grouped),
)


@given(surroundings=SURROUNDINGS, cuts=CUTS)
def test_killed_anywhere_and_started_again_nothing_is_lost(
    surroundings: Surroundings, cuts: list[int]
) -> None:
    """Whatever the lives are like, and wherever they are cut."""
    lose_nothing(surroundings, cuts)


@given(surroundings=SURROUNDINGS, cut=st.integers(0, 30))
def test_a_kill_repeats_no_more_than_may_be_in_flight(surroundings: Surroundings, cut: int) -> None:
    """That is at most what all calls hold that may be in flight, and as much under a checkpoint.

    Of a FIFO topic's groups, it is also what is collected for them.
    """
    outside, limits, grouping = Outside(), surroundings.limits, surroundings.form.grouping
    collected = grouping.collected(10) if grouping else 0
    try:
        live(surroundings, outside, Fuse(cut))
    except Killed:
        repeated = {number for number in outside.published if number > outside.position}
        assert len(repeated) <= 2 * limits.calls * limits.messages * 10 + collected

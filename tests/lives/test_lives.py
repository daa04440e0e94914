"""Processors live and die at random, and the promise holds."""

import pytest

from tests.lives.story import live

STORIES = 80


@pytest.mark.parametrize("seed", range(1, STORIES + 1))
def test_whatever_happens_the_promise_holds(seed: int) -> None:
    """`python -m tests.lives --lives 20000` tells more of the same."""
    assert live(seed) > 0

"""One story of lives: killed at any step, or on real threads."""

from random import Random

from tests.lives import killed, threads


def live(seed: int) -> int:
    """Live one story; return how many lives it had.

    Raises:
        AssertionError: The promise is broken.
    """
    chance = Random(seed)  # noqa: S311 - no secret
    return threads.any_lives(chance) if seed % 2 else killed.any_lives(chance)

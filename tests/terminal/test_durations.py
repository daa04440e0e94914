"""Seconds as a person reads them."""

import pytest

from consumer.terminal.durations import duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2.0 h")],
)
def test_the_unit_grows_with_the_duration(seconds: float, text: str) -> None:
    """Seconds up to two minutes, minutes up to two hours."""
    assert duration(seconds) == text

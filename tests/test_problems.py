"""Findings and their lines."""

import pytest

from consumer.problems import CheckOutcome, Problem, mistake_of


@pytest.mark.parametrize(
    ("mistake", "line"),
    [
        (Problem("topic", "is gone", "create it"), "topic: is gone; create it"),
        (Problem("topic", "is\n gone"), "topic: is gone"),
    ],
)
def test_a_mistake_is_one_line(mistake: Problem, line: str) -> None:
    """The thing, what is wrong, what to do, which is the same line again when taken apart."""
    assert str(mistake) == line
    assert str(mistake_of(line)) == line


def test_a_check_comes_to_one_of_three_verdicts() -> None:
    """What was found counts for more than what could not be told."""
    mistake = Problem("topic", "is gone")

    assert CheckOutcome("topic", "").verdict == "ok"
    assert CheckOutcome("topic", "", untold="no network").verdict == "could not tell"
    assert CheckOutcome("topic", "", (mistake,)).verdict == "finding"

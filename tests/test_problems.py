"""Problems and their lines."""

import pytest

from consumer.problems import CheckOutcome, Problem, parse_problem


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("topic", "is gone", "create it"), "topic: is gone; create it"),
        (Problem("topic", "is\n gone"), "topic: is gone"),
    ],
)
def test_a_mistake_is_one_line(problem: Problem, line: str) -> None:
    """The thing, what is wrong, what to do, which is the same line again when taken apart."""
    assert str(problem) == line
    assert str(parse_problem(line)) == line


def test_a_check_comes_to_one_of_three_verdicts() -> None:
    """What was found counts for more than what could not be told."""
    problem = Problem("topic", "is gone")

    assert CheckOutcome("topic", "").verdict == "ok"
    assert CheckOutcome("topic", "", untold="no network").verdict == "could not tell"
    assert CheckOutcome("topic", "", (problem,)).verdict == "finding"

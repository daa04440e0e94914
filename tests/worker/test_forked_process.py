"""A forked process ends as one that was started."""

import pytest

from consumer.worker.forked_process import exit_status, run_to_its_end


@pytest.mark.parametrize(
    ("error", "status"),
    [(SystemExit(), 0), (SystemExit(3), 3), (SystemExit("text"), 1), (SystemExit(0), 0)],
)
def test_a_status_is_that_of_an_interpreter(error: SystemExit, status: int) -> None:
    """SystemExit has an integer, nothing, or a text."""

    def work() -> None:
        raise error

    assert run_to_its_end(work) == status


def test_an_end_without_an_error_is_a_good_one() -> None:
    """The daemon has said no more."""
    assert run_to_its_end(lambda: None) == 0


@pytest.mark.parametrize(("waited", "status"), [(0, 0), (3 << 8, 3), (9, 137), (15, 143)])
def test_a_wait_status_is_told_as_a_shell_tells_it(waited: int, status: int) -> None:
    """The low byte is a signal, the next one a status."""
    assert exit_status(waited) == status

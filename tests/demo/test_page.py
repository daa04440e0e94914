"""What the tour's page shows, and when the tour ends."""

import io
import os
from pathlib import Path

import pytest

from consumer.demo.page import TourError, TourPage, check


def test_a_command_is_shown_as_it_is_typed_with_what_it_prints(tmp_path: Path) -> None:
    """Under the numbered heading and the sentence of its step."""
    output = io.StringIO()
    page = TourPage(output, tmp_path, {**os.environ, "WORD": "b"})
    page.step("First", "A sentence.")
    printed = page.run("sh", "-c", "echo a $WORD")

    assert printed == "a b\n"
    assert output.getvalue() == (
        "\n## 1. First\n\nA sentence.\n\n```text\n$ sh -c 'echo a $WORD'\na b\n```\n"
    )


def test_another_exit_status_ends_the_tour_once_it_is_shown(tmp_path: Path) -> None:
    """0 is wanted, or the one that is named."""
    output = io.StringIO()
    page = TourPage(output, tmp_path, os.environ)
    assert page.run("sh", "-c", "echo told; exit 1", status=1) == "told\n"
    with pytest.raises(TourError, match="ended with status 3"):
        page.run("sh", "-c", "echo wrong; exit 3")

    assert output.getvalue().endswith("\nwrong\n```\n")


def test_a_claim_that_does_not_hold_ends_the_tour() -> None:
    """With the claim."""
    check(holds=True, claim="x")
    with pytest.raises(TourError, match="nothing is lost"):
        check(holds=False, claim="nothing is lost")

"""The tour shows what its page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

pytestmark = pytest.mark.server


def outline(page: str) -> list[str]:
    """Headings and commands, without the figures that differ from run to run."""
    lines = re.findall(r"^(?:#+|\$) .+$", page, re.MULTILINE)
    return [re.sub(r"\d+", "0", line) for line in lines]


def test_every_step_shows_what_the_page_says(tmp_path: Path) -> None:
    """Each step checks its commands itself; nothing is left behind."""
    folder, output = tmp_path / "tmp", tmp_path / "tour.md"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "consumer.demo.tour", "--output", str(output)],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert outline(output.read_text()) == outline((ROOT / "docs" / "tour.md").read_text())
    assert list(folder.iterdir()) == []

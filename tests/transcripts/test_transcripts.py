"""What commands print is what docs/transcripts shows."""

from pathlib import Path

import pytest

from tests.places import ROOT
from tests.transcripts.pages import PAGES
from tests.transcripts.screen import Screen
from tests.transcripts.transcript import Transcript


@pytest.mark.parametrize(
    ("path", "transcript"), PAGES.items(), ids=[each.name for each in PAGES.values()]
)
def test_commands_print_what_their_transcript_shows(path: Path, transcript: Transcript) -> None:
    """On a terminal, in a pipe and with TERM=dumb; `python -m tests.transcripts` writes it anew."""
    assert transcript.page() == path.read_text()


def test_no_page_is_left_of_a_transcript_that_is_gone() -> None:
    """Or it would never be compared again."""
    assert set((ROOT / "docs" / "transcripts").glob("*.md")) == set(PAGES)


def test_a_screen_shows_what_was_not_overwritten() -> None:
    """Progress that is erased or written over leaves nothing; colours neither."""
    screen = Screen()
    screen.write("\x1b[?25lone\n\x1b[32mtwo\x1b[0m\n\x1b[1A\x1b[2K\r3\n12345\r99\x1b[K\n")

    assert screen.text() == "one\n3\n99"

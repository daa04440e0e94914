"""Every transcript, and the file that it is kept in."""

from collections.abc import Mapping
from pathlib import Path

from tests.places import ROOT
from tests.transcripts.backfill import BACKFILL
from tests.transcripts.dead_letters import DEAD_LETTERS
from tests.transcripts.listen import LISTEN
from tests.transcripts.replay import REPLAY
from tests.transcripts.simulate import SIMULATE
from tests.transcripts.transcript import Transcript

TRANSCRIPTS = (BACKFILL, DEAD_LETTERS, LISTEN, REPLAY, SIMULATE)

PAGES: Mapping[Path, Transcript] = {
    ROOT / "docs" / "transcripts" / f"{each.name}.md": each for each in TRANSCRIPTS
}
"""Each page, and what makes it."""

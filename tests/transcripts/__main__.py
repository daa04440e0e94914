"""`python -m tests.transcripts [NAME]...`: write the pages of docs/transcripts, or some of them."""

import sys

from tests.transcripts.pages import PAGES

for path, transcript in PAGES.items():
    if transcript.name in (sys.argv[1:] or [transcript.name]):
        path.write_text(transcript.page())

"""`simulate`, with the samples and with what is no event."""

from collections.abc import Iterator
from contextlib import chdir, contextmanager

from tests.places import ROOT
from tests.transcripts.transcript import Command, Stage, Transcript


@contextmanager
def _stage() -> Iterator[Stage]:
    called = "stream-publisher simulate"
    with chdir(ROOT):
        yield Stage(
            {},
            [
                Command(f"{called} samples/batch.json"),
                Command(f"{called} samples/insert.json samples/poison.json"),
                Command(f"{called} samples/insert.json --verbose"),
                Command(f"{called} samples/modify.json --json"),
                Command(f"{called} README.md missing.json"),
                Command(called),
            ],
        )


SIMULATE = Transcript("simulate", "In a checkout, without any setting.", _stage)

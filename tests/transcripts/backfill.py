"""`backfill`, asked and unasked, and with mistakes."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.backfill.account import REGION, open_account
from tests.transcripts.transcript import Command, Stage, Transcript


@contextmanager
def _stage() -> Iterator[Stage]:
    called = "stream-publisher backfill"
    with open_account() as account:
        yield Stage(
            {**account.environ, "AWS_REGION": REGION},
            [
                Command(f"{called} --dry-run"),
                Command(f"{called} --dry-run --json"),
                Command(called, typed="n\n"),
                Command(f"{called} --yes"),
                Command(f"{called} --dry-run"),
                Command(f"{called} --resume --yes"),
                Command(f"{called} --read-units-per-second 0"),
            ],
        )


BACKFILL = Transcript(
    "backfill",
    "The table has forty items.",
    _stage,
    [
        (r"\d{8}T\d{6}Z", "20260131T120000Z"),
        (r"\d+ read units in \d+ s", "1 read units in 1 s"),
        (r"[\d,]+ items/s, [\d,]+ read units/s", "40 items/s, 1 read units/s"),
        (r"items ━+ ", "items ━━━━━ "),
    ],
)

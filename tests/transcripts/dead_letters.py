"""`dead-letters`, with some in the queue and with mistakes."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.dead_letters.office import open_office
from tests.transcripts.transcript import Command, Stage, Transcript


@contextmanager
def _stage() -> Iterator[Stage]:
    with open_office() as office:
        for number in (7, 8):
            office.put(number)
        (first, _) = [letter["id"] for letter in office.listed()]
        yield Stage(office.environ(), _commands(first))


def _commands(first: str) -> list[Command]:
    called = "stream-publisher dead-letters"
    return [
        Command(f"{called} list"),
        Command(f"{called} show {first}"),
        Command(f"{called} show no-such-id"),
        Command(f"{called} redrive"),
        Command(f"{called} redrive --all"),
        Command(f"{called} list"),
    ]


DEAD_LETTERS = Transcript("dead-letters", "Two dead letters are in the queue.", _stage)

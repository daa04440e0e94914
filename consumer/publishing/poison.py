"""Records that can't be published: their shard stops before them, or they become dead letters."""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from consumer.publishing.errors import (
    BatchError,
    FailureName,
    PoisonError,
    RefusedLetterError,
    TooManyLettersError,
)
from consumer.publishing.s3_location import S3Location

ALWAYS_ALLOWED = 10
"""Letters that may be kept in any case: a message of a shard that has published nothing else."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that can't be published, and why.

    Attributes:
        shard_id: Its shard.
        sequence_number: Where it stands there.
        data: The record as it came from the stream.
        reason: What is wrong with it.
        failure: The class of what it failed for.
        elsewhere: Where the record lies that was too large for the queue; `data` is then empty
            until somebody has fetched it.
    """

    shard_id: str
    sequence_number: str
    data: bytes
    reason: str
    failure: FailureName = "record's"
    elsewhere: S3Location | None = None


class DeadLetterSender(Protocol):
    """Keeps letters where an operator can see them and send them again."""

    def send(self, letter: DeadLetter) -> None:
        """Return once the letter is kept, however long that takes.

        Raises:
            BatchError: It is refused for what is in it, in every form.
            PublishError: It can't be kept, and waiting no longer is wanted.
        """


class PoisonPolicy(Protocol):
    """What becomes of records that can't be published."""

    def published(self, records: int) -> None:
        """Learn of records that were published."""

    def take(self, letter: DeadLetter) -> None:
        """Return once the letter is kept.

        Raises:
            PoisonError: It is not to be kept: the shard must stop before the record.
        """


class StopOnPoison:
    """The shard stops before the first record that can't be published."""

    def published(self, records: int) -> None:
        """Nothing depends on it."""

    def take(self, letter: DeadLetter) -> None:
        """Stop."""
        raise PoisonError(letter.sequence_number, letter.reason)


class DeadLetterOnPoison:
    """Records that can't be published become dead letters, as long as they are few.

    A few are an operator's matter for later. When too many of the latest records can't be
    published the fault is elsewhere, and the stream must not be emptied into the queue. The share
    is of what was seen since the start: a process that is started again and again doesn't have a
    whole window's letters each time.

    Args:
        letters: Where they are kept.
        percent: How many percent of the latest records may be dead letters; `ALWAYS_ALLOWED` may
            be in any case.
        window: How many records are the latest.
    """

    def __init__(self, letters: DeadLetterSender, percent: int, window: int = 1000) -> None:
        self._letters = letters
        self._percent = percent
        self._window = window
        self._places: deque[int] = deque()
        self._seen = 0

    def published(self, records: int) -> None:
        """Count records that were published."""
        self._seen += records

    def take(self, letter: DeadLetter) -> None:
        """Keep the letter; only then it counts.

        Raises:
            TooManyLettersError: It would be one too many.
            RefusedLetterError: The queue doesn't take it.
        """
        seen = self._seen + 1
        while self._places and self._places[0] <= seen - self._window:
            self._places.popleft()
        self._check(letter, min(seen, self._window))
        self._send(letter)
        self._seen = seen
        self._places.append(seen)

    def _check(self, letter: DeadLetter, latest: int) -> None:
        letters = len(self._places) + 1
        if letters > max(ALWAYS_ALLOWED, self._percent * latest / 100):
            share = f"with it {letters} of the latest {latest} records would be dead letters"
            reason = f"{letter.reason}; it is not kept: {share}, where {self._percent} % may be"
            raise TooManyLettersError(letter.sequence_number, reason)

    def _send(self, letter: DeadLetter) -> None:
        try:
            self._letters.send(letter)
        except BatchError as error:
            reason = f"{letter.reason}; its letter is refused, too: {error}"
            raise RefusedLetterError(letter.sequence_number, reason) from error

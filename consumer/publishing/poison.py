"""Records that can't be published: their shard stops before them, or they become dead letters."""

from collections import deque
from typing import Protocol

from consumer.publishing.dead_letter import DeadLetter
from consumer.publishing.errors import (
    BatchError,
    PoisonError,
    RefusedDeadLetterError,
    TooManyDeadLettersError,
)

ALWAYS_ALLOWED = 10
"""Dead letters that are kept in any case: one message of a shard that has published nothing."""


class DeadLetterSender(Protocol):
    """Keeps dead letters where an operator can see them and publish them again."""

    def send(self, dead_letter: DeadLetter) -> None:
        """Return once the dead letter is kept, however long that takes.

        Raises:
            BatchError: It is refused for what is in it, in every form.
            PublishError: It can't be kept, and nobody wants to wait any longer.
        """


class PoisonPolicy(Protocol):
    """What becomes of records that can't be published."""

    def published(self, records: int) -> None:
        """Learn that so many records were published."""

    def take(self, dead_letter: DeadLetter) -> None:
        """Return once the dead letter is kept.

        Raises:
            PoisonError: It is not to be kept: the shard must stop before the record.
        """


class StopOnPoison:
    """The shard stops before the first record that can't be published."""

    def published(self, records: int) -> None:
        """Nothing depends on it."""

    def take(self, dead_letter: DeadLetter) -> None:
        """Stop."""
        raise PoisonError(dead_letter.sequence_number, dead_letter.reason)


class DeadLetterOnPoison:
    """Records that can't be published become dead letters, as long as they are few.

    An operator looks at a few dead letters later. Where too many of the latest records can't be
    published, the fault is elsewhere: the stream must not be emptied into the queue. The percentage
    counts records since the process started, so restarts don't each get a full allowance.

    Args:
        dead_letters: Where they are kept.
        percent: How many percent of the latest records may be dead letters; `ALWAYS_ALLOWED` may
            be in any case.
        window: How many records are the latest.
    """

    def __init__(self, dead_letters: DeadLetterSender, percent: int, window: int = 1000) -> None:
        self._dead_letters = dead_letters
        self._percent = percent
        self._window = window
        self._kept_at: deque[int] = deque()  # how many records had been seen at each dead letter
        self._seen = 0

    def published(self, records: int) -> None:
        """Count records that were published."""
        self._seen += records

    def take(self, dead_letter: DeadLetter) -> None:
        """Keep the dead letter; it counts once it is kept.

        Raises:
            TooManyDeadLettersError: It would be one too many.
            RefusedDeadLetterError: The queue doesn't take it.
        """
        seen = self._seen + 1
        while self._kept_at and self._kept_at[0] <= seen - self._window:
            self._kept_at.popleft()
        self._check(dead_letter, min(seen, self._window))
        self._send(dead_letter)
        self._seen = seen
        self._kept_at.append(seen)

    def _check(self, dead_letter: DeadLetter, latest: int) -> None:
        count = len(self._kept_at) + 1
        if count > max(ALWAYS_ALLOWED, self._percent * latest / 100):
            share = f"with it {count} of the latest {latest} records would be dead letters"
            reason = (
                f"{dead_letter.reason}; it is not kept: {share}, where {self._percent} % may be"
            )
            raise TooManyDeadLettersError(dead_letter.sequence_number, reason)

    def _send(self, dead_letter: DeadLetter) -> None:
        try:
            self._dead_letters.send(dead_letter)
        except BatchError as error:
            reason = f"{dead_letter.reason}; its dead letter is refused, too: {error}"
            raise RefusedDeadLetterError(dead_letter.sequence_number, reason) from error

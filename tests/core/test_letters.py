"""Records that can't be published stop the worker, or are kept while they are few."""

import pytest

from consumer.core.errors import PoisonError, TooManyLettersError
from consumer.core.letters import KeepPoison, Letter, StopAtPoison
from tests.fakes import FakeDeadLetters


def a_letter(number: int) -> Letter:
    """A record that can't be published."""
    return Letter("shardId-1", str(number), b"{}", "too large")


def test_a_worker_that_keeps_none_stops_at_the_first() -> None:
    """The error names the record and what is wrong with it."""
    poison = StopAtPoison()
    poison.published(1000)
    with pytest.raises(PoisonError, match="record 7: too large"):
        poison.take(a_letter(7))


def test_letters_are_kept_up_to_their_share_of_the_latest_records() -> None:
    """The next one stops the worker, and is not sent."""
    letters = FakeDeadLetters()
    poison = KeepPoison(letters, percent=10, window=50)
    for number in range(5):
        poison.take(a_letter(number))
    reason = r"record 5: too large; it is not kept: 10 % of the"
    with pytest.raises(TooManyLettersError, match=reason):
        poison.take(a_letter(5))

    assert [letter.sequence_number for letter in letters.kept] == ["0", "1", "2", "3", "4"]


def test_old_letters_count_no_more() -> None:
    """A bad record now and then never stops the worker."""
    letters = FakeDeadLetters()
    poison = KeepPoison(letters, percent=10, window=50)
    for number in range(100):
        poison.take(a_letter(number))
        poison.published(9)

    assert len(letters.kept) == 100


def test_a_letter_that_the_queue_did_not_take_does_not_count() -> None:
    """What was not kept may be tried again."""

    class Failing(FakeDeadLetters):
        def send(self, letter: Letter) -> None:
            raise ConnectionError(letter.sequence_number)

    poison = KeepPoison(Failing(), percent=10, window=10)
    for number in range(5):
        with pytest.raises(ConnectionError):
            poison.take(a_letter(number))

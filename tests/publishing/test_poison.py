"""Records that can't be published stop the worker, or are kept while they are few."""

import pytest

from consumer.publishing.dead_letter import DeadLetter
from consumer.publishing.errors import (
    BatchError,
    OperatorError,
    PoisonError,
    RefusedDeadLetterError,
    TooManyDeadLettersError,
)
from consumer.publishing.poison import DeadLetterOnPoison, StopOnPoison
from tests.fakes import FakeDeadLetters


def a_letter(number: int) -> DeadLetter:
    """A record that can't be published."""
    return DeadLetter("shardId-1", str(number), b"{}", "too large")


def test_a_worker_that_keeps_none_stops_at_the_first() -> None:
    """The error names the record and what is wrong with it."""
    poison = StopOnPoison()
    poison.published(1000)
    with pytest.raises(PoisonError, match="record 7: too large"):
        poison.take(a_letter(7))


def test_letters_are_kept_up_to_their_share_of_the_latest_records() -> None:
    """The next one stops the shard, and is not sent."""
    letters = FakeDeadLetters()
    poison = DeadLetterOnPoison(letters, percent=10)
    poison.published(5000)
    for number in range(100):
        poison.take(a_letter(number))
    reason = (
        "record 100: too large; it is not kept: with it 101 of the latest 1000 records would be "
        "dead letters, where 10 % may be"
    )
    with pytest.raises(TooManyDeadLettersError, match=f"^{reason}$"):
        poison.take(a_letter(100))

    assert [letter.sequence_number for letter in letters.kept] == [str(n) for n in range(100)]


def test_a_message_of_ten_is_kept_in_a_shard_that_has_published_nothing() -> None:
    """And no more: whoever is started again and again must not empty the stream, start by start."""
    letters = FakeDeadLetters()
    poison = DeadLetterOnPoison(letters, percent=10)
    for number in range(10):
        poison.take(a_letter(number))
    with pytest.raises(TooManyDeadLettersError, match="with it 11 of the latest 11 records"):
        poison.take(a_letter(10))

    assert len(letters.kept) == 10


@pytest.mark.parametrize(
    ("percent", "published", "kept"), [(10, 90, 10), (10, 189, 21), (1, 900, 10)]
)
def test_the_share_is_of_what_was_seen_since_the_start(
    percent: int, published: int, kept: int
) -> None:
    """As long as that is less than a thousand records; itself is one of them."""
    letters = FakeDeadLetters()
    poison = DeadLetterOnPoison(letters, percent)
    poison.published(published)
    for number in range(kept):
        poison.take(a_letter(number))
    with pytest.raises(TooManyDeadLettersError):
        poison.take(a_letter(kept))

    assert len(letters.kept) == kept


def test_a_letter_that_is_not_kept_makes_no_room() -> None:
    """However often the same record is tried, as by Lambda, whose process goes on."""
    letters = FakeDeadLetters()
    poison = DeadLetterOnPoison(letters, percent=10)
    for number in range(10):
        poison.take(a_letter(number))
    for _ in range(2000):
        with pytest.raises(TooManyDeadLettersError, match="with it 11 of the latest 11 records"):
            poison.take(a_letter(10))


def test_old_letters_count_no_more() -> None:
    """A bad record now and then never stops the worker."""
    letters = FakeDeadLetters()
    poison = DeadLetterOnPoison(letters, percent=10, window=50)
    for number in range(100):
        poison.take(a_letter(number))
        poison.published(9)

    assert len(letters.kept) == 100


def test_a_letter_that_the_queue_did_not_take_does_not_count() -> None:
    """What was not kept may be tried again."""
    poison = DeadLetterOnPoison(
        FakeDeadLetters(fails=OperatorError("the queue is gone")), percent=10
    )
    for number in range(20):
        with pytest.raises(OperatorError):
            poison.take(a_letter(number))


def test_at_a_hundred_percent_every_letter_is_kept() -> None:
    """For an operator who would rather have them in the queue than see them expire."""
    letters = FakeDeadLetters()
    poison = DeadLetterOnPoison(letters, percent=100, window=50)
    for number in range(200):
        poison.take(a_letter(number))

    assert len(letters.kept) == 200


def test_a_letter_that_the_queue_refuses_stops_the_shard_before_its_record() -> None:
    """The error names the record, what is wrong with it, and what with its letter."""
    poison = DeadLetterOnPoison(FakeDeadLetters(fails=BatchError("queue q: too long")), percent=10)
    reason = "record 7: too large; its dead letter is refused, too: queue q: too long"
    with pytest.raises(RefusedDeadLetterError, match=f"^{reason}$"):
        poison.take(a_letter(7))

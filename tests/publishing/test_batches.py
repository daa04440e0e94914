"""Records become batches by number and by time."""

from dataclasses import replace

import pytest

from consumer.publishing.batches import Batch, Batcher
from tests.builders import a_batch, a_record


def test_the_tenth_record_fills_a_batch() -> None:
    """A full batch leaves on the very record that fills it."""
    batcher = Batcher(size=10, max_wait_seconds=1)
    answers = [batcher.add(a_record(number), now=0) for number in range(1, 11)]

    assert answers[:9] == [None] * 9
    assert answers[9] == a_batch(1, 10)
    assert len(batcher) == 0


def test_a_partial_batch_is_due_once_its_oldest_record_has_waited() -> None:
    """Later records don't start the wait again."""
    batcher = Batcher(size=10, max_wait_seconds=1)
    batcher.add(a_record(1), now=5.0)
    batcher.add(a_record(2), now=5.9)

    assert batcher.due(now=5.99) is None
    assert batcher.due(now=6.0) == a_batch(1, 2)
    assert batcher.due(now=99) is None


def test_the_wait_begins_anew_after_a_batch_has_left() -> None:
    """A record that opens a batch starts its own wait."""
    batcher = Batcher(size=2, max_wait_seconds=1)
    batcher.add(a_record(1), now=0)
    batcher.add(a_record(2), now=0)
    batcher.add(a_record(3), now=10)

    assert batcher.due(now=10.5) is None
    assert batcher.due(now=11) == a_batch(3, 3)


def test_a_flush_gives_what_is_held_and_nothing_when_nothing_is() -> None:
    """A flush never makes an empty batch."""
    batcher = Batcher(size=10, max_wait_seconds=1)
    batcher.add(a_record(1), now=0)

    assert batcher.flush() == a_batch(1, 1)
    assert batcher.flush() is None


def test_a_discard_forgets_and_counts() -> None:
    """What is discarded never leaves."""
    batcher = Batcher(size=10, max_wait_seconds=0)
    batcher.add(a_record(1), now=0)

    assert batcher.discard() == 1
    assert batcher.due(now=9) is None


def test_a_batch_is_never_empty() -> None:
    """An empty batch would have nothing to checkpoint."""
    with pytest.raises(ValueError, match="at least one"):
        Batch(())


def test_a_batch_knows_its_ends() -> None:
    """The last sequence number is what to checkpoint."""
    assert a_batch(3, 5).first_sequence_number == "3"
    assert a_batch(3, 5).last_sequence_number == "5"


def test_a_batch_can_be_checkpointed_after_each_of_its_records() -> None:
    """Nothing lies between them."""
    batch = a_batch(1, 3)

    assert [batch.checkpoint_after(record) for record in batch.records] == ["1", "2", "3"]
    assert batch.checkpoint == "3"


@pytest.mark.parametrize("closes", [None, "9"])
def test_a_message_groups_batch_can_be_checkpointed_only_as_a_whole(closes: str | None) -> None:
    """And only where it is the last of those that were collected together; so can its last part."""
    batch = replace(a_batch(1, 3), group="orders/3-of-8", closes=closes)
    first, second = batch.halves()

    assert [batch.checkpoint_after(record) for record in batch.records] == [None, None, closes]
    assert (first.checkpoint, second.checkpoint) == (None, closes)
    assert first.group == second.group == batch.group

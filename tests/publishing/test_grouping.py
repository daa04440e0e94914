"""Message groups of a FIFO topic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing.batches import Batch
from consumer.publishing.grouping import Grouping
from consumer.publishing.messages import encode_message
from tests.builders import FORM, a_record, grouped

ITEM, EIGHT = Grouping(), Grouping(8)


def test_a_setting_says_how_changes_are_grouped() -> None:
    """A shard's are not: its id is the group."""
    groupings = [Grouping.read(text) for text in ("shard", "item", "hash:8")]

    assert groupings == [None, ITEM, EIGHT]


@given(number=st.integers(1, 10**9), other=st.integers(1, 10**9))
def test_an_items_changes_are_in_one_group_and_two_items_in_two(number: int, other: int) -> None:
    """Whatever happens to it, in whichever shard."""
    one, again = a_record(number, "INSERT"), a_record(number, "REMOVE")

    assert ITEM.group_of(one, "orders") == ITEM.group_of(again, "orders")
    assert EIGHT.group_of(one, "orders") == EIGHT.group_of(again, "orders")
    is_same = ITEM.group_of(one, "orders") == ITEM.group_of(a_record(other), "orders")
    assert is_same == (number == other)


def test_a_group_is_the_same_in_every_process() -> None:
    """The next worker must go on in it."""
    assert ITEM.group_of(a_record(7), "orders") == "orders/ca0a19b7f416071e3642adf9f30a2de3"
    assert EIGHT.group_of(a_record(7), "orders") == "orders/3-of-8"


def test_hashes_fill_all_groups_alike() -> None:
    """No group has twice its share of a thousand items."""
    groups = [EIGHT.group_of(a_record(number), "orders") for number in range(1000)]

    assert len(set(groups)) == 8
    assert max(groups.count(group) for group in set(groups)) < 250


def test_two_tables_of_a_topic_share_no_group() -> None:
    """Nor do their items, though they have the same keys."""
    assert ITEM.group_of(a_record(7), "orders") != ITEM.group_of(a_record(7), "customers")


@pytest.mark.parametrize(
    ("grouping", "batch_size", "collected"),
    [("item", 10, 100), ("hash:1", 10, 50), ("hash:8", 10, 400), ("hash:1000", 10, 1000)],
)
def test_so_many_changes_are_collected_that_messages_are_full(
    grouping: str, batch_size: int, collected: int
) -> None:
    """But no more than one read gives."""
    read = Grouping.read(grouping)

    assert read is not None
    assert read.collected(batch_size) == collected


def test_ids_of_different_groupings_differ() -> None:
    """Messages with the same first and last change may hold different ones between them."""
    batch = Batch((a_record(1), a_record(9)))
    messages = [encode_message(batch, grouped(text)) for text in ("shard", "item", "hash:8")]

    assert [message.deduplication_id for message in messages] == [
        "shardId-1/1-9",
        "shardId-1/1-9/item",
        "shardId-1/1-9/hash-8",
    ]
    assert messages[0] == encode_message(batch, FORM)

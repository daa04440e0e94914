"""Shards in their families."""

from consumer.fleet.shards import Shard, parents_first


def a_shard(shard_id: str, parent: str | None = None, last: str | None = None) -> Shard:
    """A shard, open unless it is told where it ended."""
    return Shard(shard_id, parent, "1", last)


def test_a_shard_is_open_until_it_has_a_last_number() -> None:
    """As DescribeStream tells it."""
    assert a_shard("a").is_open
    assert not a_shard("a", last="9").is_open


def test_parents_come_before_their_children() -> None:
    """Whatever the order in which they are listed; a parent that is gone isn't waited for."""
    family = [a_shard("c", "b"), a_shard("b", "a"), a_shard("x", "gone"), a_shard("a")]

    assert [shard.shard_id for shard in parents_first(family)] == ["x", "a", "b", "c"]


def test_shards_in_a_circle_still_come_once_each() -> None:
    """DynamoDB has none; a command must end all the same."""
    circle = [a_shard("a", "b"), a_shard("b", "a"), a_shard("c")]

    assert [shard.shard_id for shard in parents_first(circle)] == ["c", "a", "b"]

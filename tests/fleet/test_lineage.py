"""Families of shards."""

import pytest

from consumer.fleet.lineage import ShardLineage
from consumer.fleet.shards import Shard


def shard(shard_id: str, parent: str | None = None) -> Shard:
    """A shard of which only its parent matters."""
    return Shard(shard_id, parent, "0", None)


FAMILY = ShardLineage(
    [shard("a", "gone"), shard("b", "a"), shard("c", "a"), shard("d", "c"), shard("x"), shard("y")]
)


def test_what_follows_is_found_through_every_generation() -> None:
    """Children and theirs, not the shard itself."""
    assert FAMILY.descendants("a") == {"b", "c", "d"}
    assert FAMILY.descendants("x") == set()


def test_a_scope_is_what_is_named_with_what_follows() -> None:
    """And everything where nothing is named."""
    assert FAMILY.scope(["c", "x"]) == {"c", "d", "x"}
    assert FAMILY.scope([]) == {"a", "b", "c", "d", "x", "y"}


def test_unknown_shards_are_all_named() -> None:
    """A misspelt shard must not become every shard."""
    with pytest.raises(ValueError, match=r"^p, q: the stream has no such shard; see status"):
        FAMILY.scope(["q", "a", "p"])


def test_families_stay_together() -> None:
    """A shard that follows on none of the others begins a group."""
    assert FAMILY.families(["a", "b", "d", "x"]) == (("a", "b"), ("d",), ("x",))
    assert FAMILY.families(["a", "c", "d"]) == (("a", "c", "d"),)


def test_a_circle_of_parents_ends() -> None:
    """DynamoDB has none; a program that never ends would be worse than a wrong answer."""
    circle = ShardLineage([shard("a", "b"), shard("b", "a")])

    assert circle.descendants("a") == {"a", "b"}
    assert [sorted(group) for group in circle.families(["a", "b"])] != []

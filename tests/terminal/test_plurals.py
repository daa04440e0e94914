"""Numbers of things."""

import pytest

from consumer.terminal.plurals import counted


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 shards"), (1, "1 shard"), (2, "2 shards"), (1000, "1,000 shards")],
)
def test_one_is_singular_and_every_other_number_plural(number: int, told: str) -> None:
    """Thousands are set apart."""
    assert counted(number, "shard") == told

"""What the forms of settings say of a value."""

import pytest

from consumer.settings.forms import table_of
from tests.settings.samples import STREAM


def test_a_streams_arn_names_its_table() -> None:
    """The table's name is a part of it."""
    assert table_of(STREAM) == "orders"


def test_what_is_no_streams_arn_names_no_table() -> None:
    """The error names the text."""
    with pytest.raises(ValueError, match="orders is not a table's stream ARN"):
        table_of("orders")

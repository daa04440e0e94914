"""What the forms of settings say of a value."""

import pytest

from consumer.settings.forms import TAGS, read_tags, table_of
from tests.settings.samples import STREAM


def test_a_streams_arn_names_its_table() -> None:
    """The table's name is a part of it."""
    assert table_of(STREAM) == "orders"


def test_what_is_no_streams_arn_names_no_table() -> None:
    """The error names the text."""
    with pytest.raises(ValueError, match="orders is not a table's stream ARN"):
        table_of("orders")


def test_tags_are_read_as_kcl_reads_them() -> None:
    """Blanks around keys and values don't count."""
    text = " team = orders ,stage=live of EU"

    assert TAGS.wrong(text) is None
    assert read_tags(text) == {"team": "orders", "stage": "live of EU"}


@pytest.mark.parametrize("text", ["", "team", "team=", "=orders", "a=b=c", "a=b,", "a=b, =c"])
def test_tags_that_kcl_would_ignore_are_refused(text: str) -> None:
    """It only logs a warning."""
    assert TAGS.wrong(text) == "is no list of tags; write one such as team=orders,stage=live"

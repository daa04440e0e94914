"""Ids that FIFO topics and queues take."""

import re

from hypothesis import given
from hypothesis import strategies as st

from consumer.publishing.fifo_id import fifo_id

TAKEN = re.compile(r"[a-zA-Z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")
"""What SNS and SQS document."""


@given(st.text())
def test_any_text_gives_an_id_that_is_taken(text: str) -> None:
    """Also the empty one, and one of characters that no id may have."""
    assert TAKEN.fullmatch(fifo_id(text))


@given(st.text(alphabet="ab-/", min_size=1, max_size=128))
def test_a_text_that_can_be_an_id_is_one(text: str) -> None:
    """So that ids can be read."""
    assert fifo_id(text) == text


@given(st.text(), st.text())
def test_different_texts_have_different_ids(one: str, other: str) -> None:
    """Two tables in one group would only wait for each other; a repeat must be no other message."""
    assert (fifo_id(one) == fifo_id(other)) == (one == other)
    assert fifo_id("x" * 200 + one) != fifo_id("x" * 200 + one + "y")

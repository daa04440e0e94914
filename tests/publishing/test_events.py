"""Sentences of events."""

import re

from consumer.publishing.events import EVENTS


def test_no_sentence_has_one_record_as_several() -> None:
    """A count that may be one stands where no word has to agree with it."""
    agreeing = re.compile(r"\{(records|dropped)\} \w")

    assert [kind.message for kind in EVENTS.values() if agreeing.search(kind.message)] == []

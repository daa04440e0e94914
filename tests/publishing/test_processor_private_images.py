"""Images are private: no event and no error of a record that can't be published quotes them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from consumer.publishing.errors import StreamPublisherError
from consumer.publishing.poison import DeadLetterOnPoison, PoisonPolicy
from consumer.publishing.processor import RecordsInput
from consumer.publishing.records import RawRecord
from tests.builders import FORM, a_document
from tests.fakes import FakeCheckpointer, FakeDeadLetters, FakeJournal, FakeTopic, a_processor

PRIVATE = "a customer's address"
PLAIN = replace(FORM, plain_images=True)


def a_record_with(image: object) -> bytes:
    """A record with an image that may be none."""
    document = a_document(1)
    document["dynamodb"]["NewImage"] = image
    return json.dumps(document).encode()


def unpublishable() -> Iterator[Any]:
    """Records that can't be published, and what a topic takes at most."""
    good = a_record_with({"address": {"S": PRIVATE}})
    yield pytest.param(good, 100, id="too large")
    yield pytest.param(good, None, id="refused by the topic")
    yield pytest.param(good[:-5], 10_000, id="cut off")
    yield pytest.param(json.dumps(PRIVATE).encode(), 10_000, id="no object")
    yield pytest.param(a_record_with(PRIVATE), 10_000, id="no image")
    yield pytest.param(a_record_with({"address": PRIVATE}), 10_000, id="no attribute")
    yield pytest.param(a_record_with({"address": {"N": PRIVATE}}), 10_000, id="no number")
    yield pytest.param(a_record_with({"address": {"X": PRIVATE}}), 10_000, id="no type")


def process(
    data: bytes, limit: int | None, journal: FakeJournal, poison: PoisonPolicy | None
) -> None:
    """Process one record; the topic refuses everything where it has no limit."""
    topic = FakeTopic(limit=limit or 10_000, refused=None if limit else PRIVATE)
    processor = a_processor(topic, journal, poison, form=PLAIN)
    checkpointer = FakeCheckpointer()
    processor.process_records(RecordsInput((RawRecord("1", data),), 0, 0), checkpointer)
    processor.process_records(RecordsInput((), 0, 9), checkpointer)


@pytest.mark.parametrize(("data", "limit"), [*unpublishable()])
def test_a_dead_letters_events_quote_nothing(data: bytes, limit: int | None) -> None:
    """It is kept, and told by its number and the reason."""
    journal, letters = FakeJournal(), FakeDeadLetters()
    process(data, limit, journal, DeadLetterOnPoison(letters, percent=100))

    assert PRIVATE in letters.kept[0].data.decode()
    assert PRIVATE not in letters.kept[0].reason
    assert journal.heard
    assert PRIVATE not in repr(journal.heard)


@pytest.mark.parametrize(("data", "limit"), [*unpublishable()])
def test_a_stops_error_quotes_nothing(data: bytes, limit: int | None) -> None:
    """The log gets its text."""
    journal = FakeJournal()
    with pytest.raises(StreamPublisherError) as stopped:
        process(data, limit, journal, None)

    assert PRIVATE not in str(stopped.value)
    assert PRIVATE not in repr(journal.heard)

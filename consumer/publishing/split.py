"""A batch cut by message group, and to the size that the topic takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consumer.publishing.batches import Batch
from consumer.publishing.errors import RecordError
from consumer.publishing.messages import (
    Message,
    MessageForm,
    assemble,
    attributes_from,
    encode_entry,
    size_beside_body,
)
from consumer.publishing.records import ChangeRecord


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that leave as one message.

    Attributes:
        batch: The records.
        message: The message.
    """

    batch: Batch
    message: Message


def split(batch: Batch, form: MessageForm, limit: int) -> Iterator[Chunk]:
    """Yield a batch as one message, or in order as several, each as full as fits.

    A record that doesn't fit alone is a message of its own, larger than the limit. The caller
    decides what becomes of it.

    Args:
        batch: The records.
        form: How messages are written.
        limit: The most bytes of a message, attributes included.

    Raises:
        RecordError: A record can't be written. All records before it have been yielded.
    """
    entries, unwritable = _written(batch, form)
    if entries:
        for part, of_part in _parts(batch.slice(0, len(entries)), entries, form):
            yield from _fitting(part, of_part, form, limit)
    if unwritable:
        raise unwritable


def _written(batch: Batch, form: MessageForm) -> tuple[list[bytes], RecordError | None]:
    """Write records up to the first that can't be written."""
    entries: list[bytes] = []
    for record in batch.records:
        try:
            entries.append(encode_entry(record, form))
        except RecordError as error:
            return entries, error
    return entries, None


def _parts(
    batch: Batch, entries: Sequence[bytes], form: MessageForm
) -> Iterator[tuple[Batch, Sequence[bytes]]]:
    """Yield a batch and its entries by message group, in the order of first records."""
    if form.grouping is None or batch.group is not None:
        yield batch, entries
        return
    places = _places_by_group(batch.records, form)
    for group, places_of in places:
        records = tuple(batch.records[place] for place in places_of)
        # All of the batch is published once its last part is.
        closes = batch.last_sequence_number if places_of is places[-1][1] else None
        yield Batch(records, group, closes), [entries[place] for place in places_of]


def _places_by_group(
    records: Sequence[ChangeRecord], form: MessageForm
) -> Sequence[tuple[str, list[int]]]:
    """Return where the records of each message stand, with the message's group."""
    by_group: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        by_group.setdefault(form.group_of(record), []).append(place)
    most = form.most_changes or len(records)
    messages = [
        (group, places[start : start + most])
        for group, places in by_group.items()
        for start in range(0, len(places), most)
    ]
    return sorted(messages, key=lambda each: each[1][0])


def _fitting(
    batch: Batch, entries: Sequence[bytes], form: MessageForm, limit: int
) -> Iterator[Chunk]:
    """Yield a batch as one message if it can be one, else cut."""
    whole = _chunk(batch, entries, form)
    is_one = len(entries) <= (form.most_changes or len(entries)) and whole.message.size <= limit
    yield from (whole,) if is_one else _cut(batch, entries, form, limit)


def _cut(batch: Batch, entries: Sequence[bytes], form: MessageForm, limit: int) -> Iterator[Chunk]:
    """Yield messages, each of as many records as fit, but of one at least."""
    start = 0
    while start < len(entries):
        end = _end(start, batch.records, entries, form, limit)
        yield _chunk(batch.slice(start, end), entries[start:end], form)
        start = end


def _end(
    start: int,
    records: Sequence[ChangeRecord],
    entries: Sequence[bytes],
    form: MessageForm,
    limit: int,
) -> int:
    """Return where a message ends that begins at `start`.

    Sizes of entries are added up. To write a message for each possible end would take time that
    grows with the cube of the number of records.
    """
    body, kinds = 2 + len(entries[start]), {records[start].kind}
    most = min(len(records), start + (form.most_changes or len(records)))
    for end in range(start + 1, most):
        body += 1 + len(entries[end])
        kinds.add(records[end].kind)
        attributes = attributes_from(records[start], records[end], end + 1 - start, kinds, form)
        if body + size_beside_body(form.subject, attributes) > limit:
            return end
    return most


def _chunk(batch: Batch, entries: Sequence[bytes], form: MessageForm) -> Chunk:
    return Chunk(batch, assemble(batch, entries, form))

"""A batch cut to the size that the topic takes."""

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
        whole = _chunk(batch.records[: len(entries)], entries, form)
        is_one = whole.message.size <= limit
        yield from (whole,) if is_one else _cut(whole.batch.records, entries, form, limit)
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


def _cut(
    records: Sequence[ChangeRecord], entries: Sequence[bytes], form: MessageForm, limit: int
) -> Iterator[Chunk]:
    """Yield messages, each of as many records as fit, but of one at least."""
    start = 0
    while start < len(records):
        end = _end(start, records, entries, form, limit)
        yield _chunk(records[start:end], entries[start:end], form)
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
    for end in range(start + 1, len(records)):
        body += 1 + len(entries[end])
        kinds.add(records[end].kind)
        attributes = attributes_from(records[start], records[end], end + 1 - start, kinds, form)
        if body + size_beside_body(form.subject, attributes) > limit:
            return end
    return len(records)


def _chunk(records: Sequence[ChangeRecord], entries: Sequence[bytes], form: MessageForm) -> Chunk:
    batch = Batch(tuple(records))
    return Chunk(batch, assemble(batch, entries, form))

"""A batch cut to the size that the topic takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consumer.publishing.batches import Batch
from consumer.publishing.errors import RecordError
from consumer.publishing.messages import Message, MessageForm, assemble, encode_entry
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
    start = 0
    while start < len(entries):
        chunk = _fullest(batch.records[start : len(entries)], entries[start:], form, limit)
        yield chunk
        start += len(chunk.batch.records)
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


def _fullest(
    records: Sequence[ChangeRecord], entries: Sequence[bytes], form: MessageForm, limit: int
) -> Chunk:
    """Return the message of as many of the first records as fit, but of one at least."""
    for count in range(len(records), 1, -1):
        chunk = _chunk(records[:count], entries[:count], form)
        if chunk.message.size <= limit:
            return chunk
    return _chunk(records[:1], entries[:1], form)


def _chunk(records: Sequence[ChangeRecord], entries: Sequence[bytes], form: MessageForm) -> Chunk:
    batch = Batch(tuple(records))
    return Chunk(batch, assemble(batch, entries, form))

"""What is held of one shard from one verb to the next."""

from collections.abc import Callable
from dataclasses import dataclass, field

from consumer.publishing.batches import Batch, Batcher
from consumer.publishing.in_flight import InFlight, PendingMessage
from consumer.publishing.messages import MessageForm
from consumer.publishing.poison import PoisonPolicy
from consumer.publishing.ports import ClaimCheck, Journal, Publisher, Receipt
from consumer.publishing.records import ChangeRecord, RawRecord

Decode = Callable[[RawRecord], ChangeRecord]
"""Reads a record; raises RecordError where it can't be read."""

Select = Callable[[ChangeRecord], ChangeRecord | None]
"""Returns what is published of a record; None where it is filtered out. Raises RecordError."""


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where records and events go.

    Attributes:
        publisher: The topic.
        claim_check: Keeps bodies that are too large for the topic; None where nothing does.
        poison: What becomes of records that can't be published.
        journal: Where events are noted.
    """

    publisher: Publisher
    claim_check: ClaimCheck | None
    poison: PoisonPolicy
    journal: Journal


@dataclass(slots=True)
class Shard:
    """One shard on its way to the topic.

    Attributes:
        form: How its messages are written.
        decode: Reads its records.
        batcher: Holds the records of the batch to come.
        destinations: Where its records and events go.
        select: Decides what is published of a record.
        in_flight: Its messages that are not published yet; empty after a verb has returned.
        filtered: The last record's sequence number, where the record was filtered out. It is done
            once what was read before it is published. None where a later record is published.
        millis_behind_latest: How far reading is behind the stream's tip, None when unknown.
    """

    form: MessageForm
    decode: Decode
    batcher: Batcher
    destinations: Destinations
    select: Select
    in_flight: InFlight = field(init=False)
    filtered: str | None = None
    millis_behind_latest: int | None = None

    def __post_init__(self) -> None:
        self.in_flight = InFlight(self.destinations.publisher.limits)

    def read(self, raw: RawRecord) -> ChangeRecord | None:
        """Return what is published of a record; None where it is filtered out.

        Raises:
            RecordError: It can't be read.
        """
        record = self.select(self.decode(raw))
        self.filtered = None if record else raw.sequence_number
        return record

    def pop_filtered(self) -> str | None:
        """Return what to checkpoint of filtered records, once all before them is published."""
        if len(self.batcher) or self.in_flight:
            return None
        number, self.filtered = self.filtered, None
        return number

    def cancel(self) -> None:
        """Let nothing be in flight any more; note what SNS has taken, without a checkpoint."""
        for outcome in self.destinations.publisher.cancel():
            if isinstance(outcome.result, Receipt):
                self.note_published(self.in_flight.acknowledge(outcome.message), outcome.result)

    def discard(self) -> int:
        """Drop what is held; return how many records of it were not published."""
        self.filtered = None
        return self.batcher.discard() + self.in_flight.discard()

    def note_progress(self, batch: Batch | None = None) -> None:
        """Note how far behind the shard is, before everything that may take long.

        Args:
            batch: The next batch, where it is neither held nor in flight.
        """
        oldest = self.in_flight.oldest or (batch.records[0] if batch else self.batcher.oldest)
        self.destinations.journal.note(
            "progress",
            millisBehindLatest=self.millis_behind_latest,
            oldestUnpublishedAt=oldest.created_at_millis if oldest else None,
        )

    def note_published(self, pending: PendingMessage, receipt: Receipt) -> None:
        """Note a message that SNS has taken."""
        batch = pending.batch
        self.destinations.journal.note(
            "batch_published",
            records=len(batch.records),
            firstSequenceNumber=batch.first_sequence_number,
            lastSequenceNumber=batch.last_sequence_number,
            messageId=receipt.message_id,
            bytes=pending.chunk.message.size,
            attempts=receipt.attempts,
            publishMillis=round(receipt.seconds * 1000),
            millisBehindLatest=self.millis_behind_latest,
        )
        self.destinations.poison.published(len(batch.records))

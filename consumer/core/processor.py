"""The life of one shard on one worker, in KCL's five verbs.

The one rule: a checkpoint names the last record of a batch that the topic has taken, never more.
`_deliver` is the only place where either happens, and it publishes first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from consumer.core.batches import Batch, Batcher
from consumer.core.errors import LeaseLostError, RecordError
from consumer.core.messages import MessageForm, encode_message
from consumer.core.ports import Checkpointer, Journal, Publisher
from consumer.core.records import RawRecord, decode_record


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one call of the daemon hands over.

    Attributes:
        records: The next records of the shard, possibly none.
        millis_behind_latest: How far reading is behind the stream's tip, None when unknown.
        now: Seconds of a clock that never goes back.
    """

    records: Iterable[RawRecord]
    millis_behind_latest: int | None
    now: float


class ShardProcessor:
    """Publishes one shard's records in batches and checkpoints each batch once it is published.

    Every verb returns when everything it was given is published, held for the next batch, or left
    to another worker. What it raises must end the process without an answer to the daemon.

    Args:
        form: How this shard's messages are written.
        batcher: Holds the records of the batch to come.
        publisher: The topic.
        journal: Where events are noted.
    """

    def __init__(
        self, form: MessageForm, batcher: Batcher, publisher: Publisher, journal: Journal
    ) -> None:
        self._form = form
        self._batcher = batcher
        self._publisher = publisher
        self._journal = journal
        self._millis_behind_latest: int | None = None
        self._lease_is_lost = False

    def initialize(self, sequence_number: str) -> None:
        """Begin after the given checkpoint."""
        self._journal.note("processor_started", sequenceNumber=sequence_number)

    def process_records(self, delivery: Delivery, checkpointer: Checkpointer) -> None:
        """Take the next records; publish every batch that is full or has waited long enough.

        Raises:
            RecordError: A record can't be published; all before it are, and are checkpointed.
            PublishError: The topic refuses a batch for good.
            CheckpointError: A checkpoint can't be made.
        """
        if self._lease_is_lost:
            return
        self._millis_behind_latest = delivery.millis_behind_latest
        try:
            self._take(delivery, checkpointer)
        except LeaseLostError:
            self.lease_lost()

    def lease_lost(self) -> None:
        """Drop what is held: the shard's new holder begins at the last checkpoint."""
        if not self._lease_is_lost:
            self._lease_is_lost = True
            self._journal.note("lease_lost", dropped=self._batcher.discard())

    def shard_ended(self, checkpointer: Checkpointer) -> None:
        """Publish the rest and checkpoint the shard's end, so that its children begin."""
        if self._lease_is_lost:
            return  # the end is the next holder's to tell: what was dropped here comes before it
        try:
            self._deliver(self._batcher.flush(), checkpointer)
            checkpointer.checkpoint_shard_end()
        except LeaseLostError:
            self.lease_lost()
        else:
            self._journal.note("shard_ended")

    def shutdown_requested(self, checkpointer: Checkpointer) -> None:
        """Publish and checkpoint the rest before the worker gives the shard up."""
        if self._lease_is_lost:
            return
        try:
            self._deliver(self._batcher.flush(), checkpointer)
        except LeaseLostError:
            self.lease_lost()
        else:
            self._journal.note("shutdown_requested")

    def _take(self, delivery: Delivery, checkpointer: Checkpointer) -> None:
        for raw in delivery.records:
            try:
                record = decode_record(raw)
            except RecordError:
                # What came before the bad record must not wait for it to be mended.
                self._deliver(self._batcher.flush(), checkpointer)
                raise
            self._deliver(self._batcher.add(record, delivery.now), checkpointer)
        self._deliver(self._batcher.due(delivery.now), checkpointer)

    def _deliver(self, batch: Batch | None, checkpointer: Checkpointer) -> None:
        if batch is None:
            return
        message = encode_message(batch, self._form)
        receipt = self._publisher.publish(message)
        self._journal.note(
            "batch_published",
            records=len(batch.records),
            firstSequenceNumber=batch.first_sequence_number,
            lastSequenceNumber=batch.last_sequence_number,
            messageId=receipt.message_id,
            bytes=message.size,
            attempts=receipt.attempts,
            publishMillis=round(receipt.seconds * 1000),
            millisBehindLatest=self._millis_behind_latest,
        )
        checkpointer.checkpoint(batch.last_sequence_number)

"""The life of one shard on one worker, in KCL's five verbs.

The one rule: a checkpoint names the last record of a batch that the topic has taken, or a record
that the dead-letter queue has taken, never more. `_publish` and `_refuse` are the only places where
that happens, and they send first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from consumer.core.batches import Batch, Batcher
from consumer.core.cuts import Part, cut
from consumer.core.errors import BatchError, GivenUpError, LeaseLostError, RecordError
from consumer.core.letters import Letter, Poison
from consumer.core.messages import MessageForm
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
        poison: What becomes of a record that can't be published.
    """

    def __init__(
        self,
        form: MessageForm,
        batcher: Batcher,
        publisher: Publisher,
        journal: Journal,
        poison: Poison,
    ) -> None:
        self._form = form
        self._batcher = batcher
        self._publisher = publisher
        self._journal = journal
        self._poison = poison
        self._millis_behind_latest: int | None = None
        self._lease_is_lost = False

    def initialize(self, sequence_number: str) -> None:
        """Begin after the given checkpoint."""
        self._journal.note("processor_started", sequenceNumber=sequence_number)

    def process_records(self, delivery: Delivery, checkpointer: Checkpointer) -> None:
        """Take the next records; publish every batch that is full or has waited long enough.

        Raises:
            PoisonError: A record can't be published; all before it are, and are checkpointed.
            PublishError: A batch can't be published, and waiting no longer is wanted.
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
            except RecordError as error:
                # What came before the bad record must not wait for it to be mended.
                self._deliver(self._batcher.flush(), checkpointer)
                self._refuse(raw.data, error, checkpointer)
            else:
                self._deliver(self._batcher.add(record, delivery.now), checkpointer)
        self._deliver(self._batcher.due(delivery.now), checkpointer)

    def _deliver(self, batch: Batch | None, checkpointer: Checkpointer) -> None:
        """Publish a batch; a record of it that can't be published is refused in its turn."""
        while batch:
            try:
                self._publish_all(batch, checkpointer)
            except RecordError as error:
                record, batch = batch.around(error.sequence_number)
                self._refuse(record.data, error, checkpointer)
            else:
                return

    def _publish_all(self, batch: Batch, checkpointer: Checkpointer) -> None:
        """Publish a batch, in several messages where one would be too large."""
        for part in cut(batch, self._form, self._publisher.largest_message()):
            try:
                self._publish(part, checkpointer)
            except BatchError as error:
                self._isolate(part.batch, error, checkpointer)
            except GivenUpError as error:
                self._give_up(part.batch, error, checkpointer)

    def _isolate(self, batch: Batch, error: BatchError, checkpointer: Checkpointer) -> None:
        """Publish a refused batch in halves, until the record that is refused stands alone."""
        if len(batch.records) == 1:
            raise RecordError(batch.first_sequence_number, str(error)) from error
        for half in batch.halves():
            self._deliver(half, checkpointer)

    def _give_up(self, batch: Batch, error: GivenUpError, checkpointer: Checkpointer) -> None:
        """Refuse each record of a message that failed in passing for longer than is wanted."""
        for record in batch.records:
            refusal = RecordError(record.sequence_number, str(error))
            self._refuse(record.data, refusal, checkpointer)

    def _publish(self, part: Part, checkpointer: Checkpointer) -> None:
        receipt = self._publisher.publish(part.message)
        self._journal.note(
            "batch_published",
            records=len(part.batch.records),
            firstSequenceNumber=part.batch.first_sequence_number,
            lastSequenceNumber=part.batch.last_sequence_number,
            messageId=receipt.message_id,
            bytes=part.message.size,
            attempts=receipt.attempts,
            publishMillis=round(receipt.seconds * 1000),
            millisBehindLatest=self._millis_behind_latest,
        )
        self._poison.published(len(part.batch.records))
        checkpointer.checkpoint(part.batch.last_sequence_number)

    def _refuse(self, data: bytes, error: RecordError, checkpointer: Checkpointer) -> None:
        """Make a dead letter of a record, or stop before it."""
        self._poison.take(Letter(self._form.shard_id, error.sequence_number, data, error.reason))
        self._journal.note(
            "record_dead_lettered", sequenceNumber=error.sequence_number, error=error.reason
        )
        checkpointer.checkpoint(error.sequence_number)

"""The life of one shard on one worker, in KCL's five verbs.

The one rule: a checkpoint names a record up to which, without a hole, the topic has taken every
message and the dead-letter queue every other record, never more. `_arrive` and `_refuse` are the
only places where that happens, and both come after the answer. Messages are under way side by side
while a verb lasts; nothing is once it has returned.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from consumer.publishing.batches import Batch, Batcher
from consumer.publishing.claim_check import ClaimCheckPublisher
from consumer.publishing.errors import (
    BatchError,
    FailureName,
    LeaseLostError,
    PublishError,
    RecordError,
    RetriesExhaustedError,
)
from consumer.publishing.in_flight import InFlight, PendingMessage
from consumer.publishing.messages import MessageForm
from consumer.publishing.poison import DeadLetter, PoisonPolicy
from consumer.publishing.ports import Checkpointer, Journal, Receipt
from consumer.publishing.records import RawRecord
from consumer.publishing.snapshots import decoder_of
from consumer.publishing.split import Chunk, split


@dataclass(frozen=True, slots=True)
class RecordsInput:
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
    """Publishes one shard's records in batches and checkpoints as far as they are published.

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
        publisher: ClaimCheckPublisher,
        journal: Journal,
        poison: PoisonPolicy,
    ) -> None:
        self._form = form
        self._decode = decoder_of(form.shard_id)
        self._batcher = batcher
        self._publisher = publisher
        self._journal = journal
        self._poison = poison
        self._flights = InFlight(publisher.limits)
        self._millis_behind_latest: int | None = None
        self._lease_is_lost = False

    def initialize(self, sequence_number: str) -> None:
        """Begin after the given checkpoint."""
        self._journal.note("processor_started", sequenceNumber=sequence_number)

    def process_records(self, delivery: RecordsInput, checkpointer: Checkpointer) -> None:
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
        else:
            self._note_progress()

    def lease_lost(self) -> None:
        """Drop what is held: the shard's new holder begins at the last checkpoint."""
        if not self._lease_is_lost:
            self._lease_is_lost = True
            self._call_back()
            dropped = self._batcher.discard() + self._flights.discard()
            self._journal.note("lease_lost", dropped=dropped)

    def shard_ended(self, checkpointer: Checkpointer) -> None:
        """Publish the rest and checkpoint the shard's end, so that its children begin."""
        if self._lease_is_lost:
            return  # the end is the next holder's to tell: what was dropped here comes before it
        try:
            self._deliver_all(checkpointer)
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
            self._deliver_all(checkpointer)
        except LeaseLostError:
            self.lease_lost()
        else:
            self._journal.note("shutdown_requested")

    def abandon(self) -> None:
        """Let nothing be under way any more, after a verb has raised in a process that goes on."""
        self._call_back()

    def _take(self, delivery: RecordsInput, checkpointer: Checkpointer) -> None:
        for raw in delivery.records:
            try:
                record = self._decode(raw)
            except RecordError as error:
                # What came before the bad record must not wait for it to be mended.
                self._deliver_all(checkpointer)
                self._refuse(raw.data, error, checkpointer)
            else:
                self._deliver(self._batcher.add(record, delivery.now), checkpointer)
        self._deliver(self._batcher.due(delivery.now), checkpointer)
        self._land(checkpointer)

    def _deliver_all(self, checkpointer: Checkpointer) -> None:
        """Publish what is held, and wait until everything is published."""
        self._deliver(self._batcher.flush(), checkpointer)
        self._land(checkpointer)

    def _deliver(self, batch: Batch | None, checkpointer: Checkpointer) -> None:
        """Let a batch leave; a record of it that can't be written is refused in its turn."""
        while batch:
            try:
                for part in split(batch, self._form, self._publisher.largest_message()):
                    self._board(part, checkpointer)
            except RecordError as error:
                self._land(checkpointer)
                record, batch = batch.around(error.sequence_number)
                self._refuse(record.data, error, checkpointer)
            else:
                return

    def _board(self, part: Chunk, checkpointer: Checkpointer) -> None:
        """Let a message leave as soon as there is room for it, and enough for a call."""
        self._note_progress(part.batch)
        try:
            message = self._publisher.fit(part.message)
        except PublishError as error:
            self._land(checkpointer)
            self._resolve(part.batch, error, checkpointer)
        else:
            self._flights.add(part, message)
            self._depart(full=True)
            self._arrive(checkpointer, wait=False)
        while self._flights.is_crowded:
            self._depart(full=False)
            self._arrive(checkpointer, wait=True)

    def _land(self, checkpointer: Checkpointer) -> None:
        """Return when everything that left is published, or dealt with, and checkpointed."""
        while self._flights:
            self._depart(full=False)
            self._arrive(checkpointer, wait=True)
        checkpointer.wait_until_made()

    def _depart(self, *, full: bool) -> None:
        limit = self._publisher.largest_message()
        while call := self._flights.depart(limit, full=full):
            self._publisher.begin(call)

    def _arrive(self, checkpointer: Checkpointer, *, wait: bool) -> None:
        """Learn what became of messages, and checkpoint as far as there is no hole."""
        if wait:
            self._note_progress()
            checkpointer.wait_until_made()  # a lost lease is no longer to be waited for
        for outcome in self._publisher.finished(wait=wait):
            match outcome.result:
                case Receipt() as receipt:
                    self._note_published(self._flights.land(outcome.message), receipt)
                case BatchError() | RetriesExhaustedError() as error:
                    self._flights.refuse(outcome.message, error)
                case error:
                    checkpointer.wait_until_made()
                    raise error
        published = self._flights.published()
        if published:
            checkpointer.checkpoint(published)
        refused = self._flights.next_refused()
        if refused and refused.error:
            checkpointer.wait_until_made()
            self._resolve(refused.batch, refused.error, checkpointer)

    def _call_back(self) -> None:
        """Let nothing be under way any more; what SNS has taken is noted, and not checkpointed."""
        for outcome in self._publisher.cancel():
            if isinstance(outcome.result, Receipt):
                self._note_published(self._flights.land(outcome.message), outcome.result)

    def _note_progress(self, batch: Batch | None = None) -> None:
        """Tell how far behind the shard is, before everything that may take long.

        Args:
            batch: What is next, where it is neither held nor in line.
        """
        oldest = self._flights.oldest or (batch.records[0] if batch else self._batcher.oldest)
        self._journal.note(
            "progress",
            millisBehindLatest=self._millis_behind_latest,
            oldestUnpublishedAt=oldest.created_at_millis if oldest else None,
        )

    def _note_published(self, flight: PendingMessage, receipt: Receipt) -> None:
        batch = flight.batch
        self._journal.note(
            "batch_published",
            records=len(batch.records),
            firstSequenceNumber=batch.first_sequence_number,
            lastSequenceNumber=batch.last_sequence_number,
            messageId=receipt.message_id,
            bytes=flight.part.message.size,
            attempts=receipt.attempts,
            publishMillis=round(receipt.seconds * 1000),
            millisBehindLatest=self._millis_behind_latest,
        )
        self._poison.published(len(batch.records))

    def _resolve(self, batch: Batch, error: PublishError, checkpointer: Checkpointer) -> None:
        """Deal with a message that can't be published as it is; nothing else is under way.

        Its records become letters where it was given up. Where the topic refuses it, it is
        published in halves, until the record that is refused stands alone.
        """
        if not isinstance(error, BatchError | RetriesExhaustedError):
            raise error
        self._note_progress(batch)
        if isinstance(error, BatchError):
            self._journal.note("batch_refused", records=len(batch.records), error=str(error))
        if isinstance(error, BatchError) and len(batch.records) > 1:
            self._flights.put_first(self._halves(batch))
            return
        failure: FailureName = "batch's" if isinstance(error, BatchError) else "passing"
        for record in batch.records:
            refusal = RecordError(record.sequence_number, str(error), failure)
            self._refuse(record.data, refusal, checkpointer)

    def _halves(self, batch: Batch) -> list[Chunk]:
        limit = self._publisher.largest_message()
        return [part for half in batch.halves() for part in split(half, self._form, limit)]

    def _refuse(self, data: bytes, error: RecordError, checkpointer: Checkpointer) -> None:
        """Make a dead letter of a record, or stop before it."""
        place = self._form.shard_id, error.sequence_number
        self._poison.take(DeadLetter(*place, data, error.reason, error.failure))
        self._journal.note(
            "record_dead_lettered", sequenceNumber=error.sequence_number, error=error.reason
        )
        checkpointer.checkpoint(error.sequence_number)

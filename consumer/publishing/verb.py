"""One verb of the daemon: its records are published, and checkpoints are asked for.

The one rule: a checkpoint names a record up to which, without a hole, the topic has taken every
message and the dead-letter queue every other record that is not filtered out. `_collect`, `_refuse`
and `_finish` are the only places that ask for one, and do so after the answer. Messages are in
flight side by side during a verb; none is once the verb has returned.
"""

from collections.abc import Iterable

from consumer.publishing.batches import Batch
from consumer.publishing.claim_check import fit
from consumer.publishing.dead_letter import DeadLetter
from consumer.publishing.errors import (
    BatchError,
    FailureName,
    PublishError,
    RecordError,
    RetriesExhaustedError,
)
from consumer.publishing.in_flight import PendingMessage
from consumer.publishing.messages import Message
from consumer.publishing.ports import Checkpointer, PublishOutcome, Receipt
from consumer.publishing.records import RawRecord
from consumer.publishing.shard import Shard
from consumer.publishing.split import Chunk, split


class Verb:
    """Publishes records of a shard until the verb returns.

    Args:
        shard: The shard.
        checkpointer: Makes checkpoints; the daemon gives one to each verb.
    """

    def __init__(self, shard: Shard, checkpointer: Checkpointer) -> None:
        self._shard = shard
        self._checkpointer = checkpointer
        self._in_flight = shard.in_flight
        self._publisher = shard.destinations.publisher
        self._journal = shard.destinations.journal

    def take(self, records: Iterable[RawRecord], now: float) -> None:
        """Publish every batch that the records fill, and the partial one if its time has come.

        Args:
            records: The next records of the shard.
            now: Seconds of a clock that never goes back.

        Raises:
            PoisonError: A record can't be published; all before it are, and are checkpointed.
            PublishError: A batch can't be published, and nobody wants to wait any longer.
            CheckpointError: A checkpoint can't be made.
            LeaseLostError: The shard has moved to another worker.
        """
        batcher, filtered = self._shard.batcher, 0
        for raw in records:
            try:
                record = self._shard.read(raw)
            except RecordError as error:
                # What came before the bad record must not wait for somebody to fix it.
                self.publish_all()
                self._refuse(raw.data, error, raw.sequence_number)
                continue
            if record:
                self._publish(batcher.add(record, now))
            else:
                filtered += 1
        if filtered:
            self._journal.note("records_filtered", records=filtered)
        self._publish(batcher.due(now))
        self._finish()

    def publish_all(self) -> None:
        """Publish what is held, the partial batch included; raises as `take`."""
        self._publish(self._shard.batcher.flush())
        self._finish()

    def _publish(self, batch: Batch | None) -> None:
        """Begin to publish a batch; a record of it that can't be written is refused in its turn."""
        while batch:
            try:
                for chunk in split(batch, self._shard.form, self._publisher.largest_message()):
                    self._enqueue(chunk)
            except RecordError as error:
                self._wait_for_all()
                record, batch = batch.around(error.sequence_number)
                self._refuse(record.data, error, record.sequence_number)
            else:
                return

    def _enqueue(self, chunk: Chunk) -> None:
        """Queue a message; send as soon as a call is full."""
        self._shard.note_progress(chunk.batch)
        try:
            fitted = self._fit(chunk)
        except PublishError:
            self._wait_for_all()
            raise
        self._in_flight.enqueue(chunk, fitted)
        self._send(full=True)
        self._collect(wait=False)
        while self._in_flight.is_crowded:
            self._send(full=False)
            self._collect(wait=True)

    def _fit(self, chunk: Chunk) -> Message | PublishError:
        """Return what to send of a chunk, or why it can't be published as it is.

        Raises:
            PublishError: Its body can't be kept, and nobody wants to wait any longer.
        """
        limit, claim_check = self._publisher.largest_message(), self._shard.destinations.claim_check
        try:
            return fit(chunk.message, limit, claim_check)
        except (BatchError, RetriesExhaustedError) as error:
            return error

    def _wait_for_all(self) -> None:
        """Return when everything queued is published, or dealt with, and checkpointed."""
        while self._in_flight:
            self._send(full=False)
            self._collect(wait=True)
        self._checkpointer.wait_until_made()

    def _finish(self) -> None:
        """Wait for all; then checkpoint what was filtered out behind it, if nothing is held."""
        self._wait_for_all()
        if filtered := self._shard.pop_filtered():
            self._checkpointer.checkpoint(filtered)
            self._checkpointer.wait_until_made()

    def _send(self, *, full: bool) -> None:
        limit = self._publisher.largest_message()
        while call := self._in_flight.next_call(limit, full=full):
            self._publisher.begin(call)

    def _collect(self, *, wait: bool) -> None:
        """Collect outcomes, and checkpoint as far as there is no hole."""
        if wait:
            self._shard.note_progress()
            self._checkpointer.wait_until_made()  # whose lease is lost need not wait for SNS
        errors = [self._learn(outcome) for outcome in self._publisher.finished(wait=wait)]
        if published := self._in_flight.pop_published():
            self._checkpointer.checkpoint(published)
        if error := next(filter(None, errors), None):
            self._checkpointer.wait_until_made()
            raise error
        if refused := self._in_flight.pop_refused():
            pending, error = refused
            self._checkpointer.wait_until_made()
            self._resolve(pending, error)

    def _learn(self, outcome: PublishOutcome) -> PublishError | None:
        """Note what became of a message; return the error with which the verb must end."""
        match outcome.result:
            case Receipt() as receipt:
                pending = self._in_flight.acknowledge(outcome.message)
                self._shard.note_published(pending, receipt)
            case BatchError() | RetriesExhaustedError() as error:
                self._in_flight.refuse(outcome.message, error)
            case error:
                return error
        return None

    def _resolve(self, pending: PendingMessage, error: PublishError) -> None:
        """Deal with a message that can't be published as it is, while nothing is in flight.

        A message that SNS refuses is published in smaller ones. Where that is not possible, or
        after too many attempts, each of its records becomes a dead letter.
        """
        batch = pending.batch
        self._shard.note_progress(batch)
        failure: FailureName = "passing"
        if isinstance(error, BatchError):
            failure = "batch's"
            self._journal.note("batch_refused", records=len(batch.records), error=str(error))
            if smaller := self._smaller(pending):
                self._in_flight.enqueue_first((chunk, self._fit(chunk)) for chunk in smaller)
                return
        for record in batch.records:
            refusal = RecordError(record.sequence_number, str(error), failure)
            self._refuse(record.data, refusal, batch.checkpoint_after(record))

    def _smaller(self, pending: PendingMessage) -> list[Chunk]:
        """Return a refused message in smaller ones, if it can be made smaller.

        That is, its halves; or the message itself where the topic's limit has fallen since it was
        sent, and the body can be kept elsewhere.
        """
        form, limit = self._shard.form, self._publisher.largest_message()
        if len(pending.batch.records) > 1:
            halves = pending.batch.halves()
            return [chunk for half in halves for chunk in split(half, form, limit)]
        is_too_large = pending.was_sent_whole and pending.message.size > limit
        can_be_kept = self._shard.destinations.claim_check is not None
        return [pending.chunk] if is_too_large and can_be_kept else []

    def _refuse(self, data: bytes, error: RecordError, checkpoint: str | None) -> None:
        """Make a dead letter of a record, or stop before it.

        Args:
            data: The record.
            error: Why it can't be published.
            checkpoint: What to checkpoint then; None where messages hold earlier records.
        """
        number = error.sequence_number
        dead_letter = DeadLetter(
            self._shard.form.shard_id, number, data, error.reason, error.failure
        )
        self._shard.destinations.poison.take(dead_letter)
        self._journal.note("record_dead_lettered", sequenceNumber=number, error=error.reason)
        if checkpoint:
            self._checkpointer.checkpoint(checkpoint)

"""The life of one shard on one worker, in KCL's five verbs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from consumer.publishing.errors import LeaseLostError
from consumer.publishing.ports import Checkpointer
from consumer.publishing.records import RawRecord
from consumer.publishing.shard import Shard
from consumer.publishing.verb import Verb


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

    When a verb returns, everything it was given is published, held for the next batch, or left to
    another worker. An error that it raises must end the process without an answer to the daemon.

    Args:
        shard: The shard.
    """

    def __init__(self, shard: Shard) -> None:
        self._shard = shard
        self._journal = shard.destinations.journal
        self._lease_is_lost = False

    def initialize(self, sequence_number: str) -> None:
        """Begin after the given checkpoint."""
        self._journal.note("processor_started", sequenceNumber=sequence_number)

    def process_records(self, delivery: RecordsInput, checkpointer: Checkpointer) -> None:
        """Take the next records; publish every batch that is full or has waited long enough.

        Raises:
            PoisonError: A record can't be published; all before it are, and are checkpointed.
            PublishError: A batch can't be published, and nobody wants to wait any longer.
            CheckpointError: A checkpoint can't be made.
        """
        if self._lease_is_lost:
            return
        self._shard.millis_behind_latest = delivery.millis_behind_latest
        with self._until_the_lease_is_lost():
            Verb(self._shard, checkpointer).take(delivery.records, delivery.now)
            self._shard.note_progress()

    def lease_lost(self) -> None:
        """Drop what is held: the shard's new holder begins at the last checkpoint."""
        if not self._lease_is_lost:
            self._lease_is_lost = True
            self._shard.cancel()
            self._journal.note("lease_lost", dropped=self._shard.discard())

    def shard_ended(self, checkpointer: Checkpointer) -> None:
        """Publish the rest and checkpoint the shard's end, so that its children begin."""
        if self._lease_is_lost:
            return  # the next holder tells the end: it first publishes what was dropped here
        with self._until_the_lease_is_lost():
            Verb(self._shard, checkpointer).publish_all()
            checkpointer.checkpoint_shard_end()
            self._journal.note("shard_ended")

    def shutdown_requested(self, checkpointer: Checkpointer) -> None:
        """Publish and checkpoint the rest before the worker gives the shard up."""
        if self._lease_is_lost:
            return
        with self._until_the_lease_is_lost():
            Verb(self._shard, checkpointer).publish_all()
            self._journal.note("shutdown_requested")

    def cancel(self) -> None:
        """Let nothing be in flight any more, after a verb has raised in a process that goes on."""
        self._shard.cancel()

    @contextmanager
    def _until_the_lease_is_lost(self) -> Iterator[None]:
        try:
            yield
        except LeaseLostError:
            self.lease_lost()

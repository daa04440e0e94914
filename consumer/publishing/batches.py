"""Records that leave as one message."""

from dataclasses import dataclass, replace

from consumer.publishing.records import ChangeRecord


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one shard, in the stream's order, that leave as one message.

    The sequence numbers travel with the data: whoever publishes a batch knows what to checkpoint.

    Attributes:
        records: The records. In a batch of one message group, others of the shard lie between them.
        group: The message group; None where nothing lies between the records.
        closes: In a message group's batch, up to which sequence number the shard is published with
            it and all batches before it; None where later batches hold earlier records.
    """

    records: tuple[ChangeRecord, ...]
    group: str | None = None
    closes: str | None = None

    def __post_init__(self) -> None:
        if not self.records:
            raise ValueError("a batch holds at least one record")

    @property
    def first_sequence_number(self) -> str:
        """The sequence number of its first record."""
        return self.records[0].sequence_number

    @property
    def last_sequence_number(self) -> str:
        """The sequence number of its last record."""
        return self.records[-1].sequence_number

    @property
    def checkpoint(self) -> str | None:
        """What to checkpoint once it and all batches before it are published; None for nothing."""
        return self.checkpoint_after(self.records[-1])

    def checkpoint_after(self, record: ChangeRecord) -> str | None:
        """Return the same for its records up to this one."""
        if self.group is None:
            return record.sequence_number
        return self.closes if record is self.records[-1] else None

    def around(self, sequence_number: str) -> tuple[ChangeRecord, "Batch | None"]:
        """The record with this sequence number, and a batch of those after it, if any."""
        numbers = [record.sequence_number for record in self.records]
        index = numbers.index(sequence_number)
        rest = self.records[index + 1 :]
        return self.records[index], Batch(rest) if rest else None

    def halves(self) -> tuple["Batch", "Batch"]:
        """The first half and the rest, of a batch of at least two records."""
        middle = len(self.records) // 2
        return self.slice(0, middle), self.slice(middle, len(self.records))

    def slice(self, start: int, end: int) -> "Batch":
        """Return its records from one place to another as a batch."""
        closes = self.closes if end == len(self.records) else None
        return replace(self, records=self.records[start:end], closes=closes)


class Batcher:
    """Collects records until a batch is full or its oldest record has waited long enough.

    Args:
        size: Records in a full batch.
        max_wait_seconds: How long the oldest record of a partial batch may wait.
    """

    def __init__(self, size: int, max_wait_seconds: float) -> None:
        self._size = size
        self._max_wait_seconds = max_wait_seconds
        self._held: list[ChangeRecord] = []
        self._oldest_since = 0.0

    def __len__(self) -> int:
        return len(self._held)

    @property
    def oldest(self) -> ChangeRecord | None:
        """The record that has waited longest."""
        return self._held[0] if self._held else None

    def add(self, record: ChangeRecord, now: float) -> Batch | None:
        """Hold a record; return the batch that it fills, if it does.

        Args:
            record: The next record of the shard.
            now: Seconds of any clock that never goes back.
        """
        if not self._held:
            self._oldest_since = now
        self._held.append(record)
        return self.flush() if len(self._held) >= self._size else None

    def due(self, now: float) -> Batch | None:
        """Return the partial batch once its oldest record has waited long enough."""
        if self._held and now - self._oldest_since >= self._max_wait_seconds:
            return self.flush()
        return None

    def flush(self) -> Batch | None:
        """Return what is held, if anything, and hold nothing."""
        if not self._held:
            return None
        batch = Batch(tuple(self._held))
        self._held.clear()
        return batch

    def discard(self) -> int:
        """Drop what is held; return how many records that was."""
        dropped = len(self._held)
        self._held.clear()
        return dropped

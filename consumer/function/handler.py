"""One event after the other, each published wholly or reported."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from consumer.aws.clients import LONGEST_CALL_SECONDS
from consumer.delivery.wiring import shard_processor
from consumer.function.invocation import Invocation, read_invocation
from consumer.publishing.errors import (
    EventError,
    PoisonError,
    StreamPublisherError,
    TooManyDeadLettersError,
    TransientError,
)
from consumer.publishing.last_checkpoint import LastCheckpoint
from consumer.publishing.ports import Fact
from consumer.publishing.processor import RecordsInput, ShardProcessor
from consumer.publishing.records import RawRecord
from consumer.publishing.shard import Destinations
from consumer.settings.processor import ProcessorSettings

KEPT_SECONDS = LONGEST_CALL_SECONDS + 1.9
"""How much of an invocation's time is left for a call in flight, and for the answer."""

LEAST_SECONDS = 25.0
"""An invocation with less time than this is refused: it could hardly send anything."""


class Context(Protocol):
    """What Lambda tells of an invocation."""

    @property
    def aws_request_id(self) -> str:
        """The invocation's id."""

    @property
    def invoked_function_arn(self) -> str:
        """The function; empty where none is invoked."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how much time is left until Lambda ends the function."""


class Deadline:
    """The time of the present invocation."""

    def __init__(self) -> None:
        self._millis_left: Callable[[], int] | None = None

    def start(self, millis_left: Callable[[], int]) -> None:
        """Begin an invocation.

        Args:
            millis_left: Tells how much time Lambda leaves it.

        Raises:
            TimeoutError: It has too little time for anything.
        """
        seconds = millis_left() / 1000
        if seconds < LEAST_SECONDS:
            raise TimeoutError(
                f"the function's time-out leaves {seconds:.0f} s, and a call to SNS alone may take "
                f"{LONGEST_CALL_SECONDS:.0f} s; set 60 s, and 30 s at the least"
            )
        self._millis_left = millis_left

    def seconds_left(self) -> float:
        """Return in how many seconds the last call must have begun."""
        return self._millis_left() / 1000 - KEPT_SECONDS if self._millis_left else 0.0


@dataclass(frozen=True, slots=True)
class Function:
    """Publishes the records of events.

    It holds only these from one event to the next: clients, what is known of the topic, and how
    many of the latest records were dead letters.

    Attributes:
        settings: What is published where.
        destinations: Where records and events go.
        deadline: The time of each invocation; `destinations` keep to it.
        bound: Facts that every line of the log carries.
    """

    settings: ProcessorSettings
    destinations: Destinations
    deadline: Deadline
    bound: MutableMapping[str, Fact]

    def handle(self, event: object, context: Context) -> dict[str, Any]:
        """Publish an event's records.

        Returns:
            Lambda's answer for ReportBatchItemFailures: the first record that is neither published
            nor a dead letter.

        Raises:
            EventError: The event is not of this table's stream.
            PoisonError: The event's first record can't be published, and others follow it.
            TimeoutError: The function has too little time for anything.
        """
        self.bound["requestId"] = context.aws_request_id
        self.deadline.start(context.get_remaining_time_in_millis)
        invocation = self._read(event, context.invoked_function_arn)
        self.bound["shardId"] = invocation.shard_id
        return invocation.answer(self._publish(invocation))

    def _read(self, event: object, function_arn: str) -> Invocation:
        """Read an event of this table.

        Lambda reads streams of its own account and region. Another account's must be named.
        """
        invocation = read_invocation(event)
        home = self.settings.stream_arn or function_arn
        foreign = invocation.why_foreign(self.settings.table, home)
        if foreign:
            raise EventError([foreign])
        return invocation

    def _publish(self, invocation: Invocation) -> str | None:
        """Publish what can be published; return the last sequence number before a hole."""
        checkpointer = LastCheckpoint()
        try:
            _process(self._processor(invocation), invocation, checkpointer)
        except PoisonError as error:
            self.destinations.journal.note(
                "record_refused", sequenceNumber=error.sequence_number, error=error.reason
            )
            if _is_to_be_split(invocation, checkpointer, error):
                raise
        except Exception as error:  # noqa: BLE001 - reported, so that nothing published comes again
            self._note_left(invocation.after(checkpointer.reached), error)
        return checkpointer.reached

    def _note_left(self, left: Sequence[RawRecord], error: Exception) -> None:
        """Note what Lambda will hand over again, and why."""
        is_ours = isinstance(error, StreamPublisherError)
        self.destinations.journal.note(
            "event_cut_short" if isinstance(error, TransientError) else "event_failed",
            records=len(left),
            sequenceNumber=left[0].sequence_number if left else None,
            error=str(error) if is_ours else f"{type(error).__name__}: {error}",
        )

    def _processor(self, invocation: Invocation) -> ShardProcessor:
        form = replace(self.settings.form(invocation.shard_id), group_id=invocation.group_id)
        # No batch waits: the last one leaves with the event's last record.
        return shard_processor(self.settings, form, self.destinations, max_wait_seconds=0)


def _process(
    processor: ShardProcessor, invocation: Invocation, checkpointer: LastCheckpoint
) -> None:
    try:
        processor.process_records(RecordsInput(invocation.records, None, now=0), checkpointer)
    finally:
        # The process goes on, and so would whatever is in flight.
        processor.cancel()


def _is_to_be_split(
    invocation: Invocation, checkpointer: LastCheckpoint, error: PoisonError
) -> bool:
    """Whether the invocation must fail, so that Lambda splits the event until the record is alone.

    If the first record were reported, Lambda would retry the whole event and at last discard all of
    it. Where the record is not at fault, a split would not help.
    """
    is_first = checkpointer.reached is None and len(invocation.records) > 1
    return is_first and not isinstance(error, TooManyDeadLettersError)

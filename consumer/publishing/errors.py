"""What can go wrong, and what the caller does about it.

StreamPublisherError
├── PublishError                 the topic did not take a message; the class says what to do:
│   ├── TransientError           retry, for as long as it takes
│   │   └── UnansweredError      retry at once, as soon as anything is answered
│   ├── OperatorError            retry slowly, and say loudly what to fix
│   ├── BatchError               publish the message's records in smaller parts
│   └── RetriesExhaustedError    make dead letters of the message's records
├── RecordError                  make a dead letter of the record, or stop before it
├── PoisonError                  stop before the record: it is not to become a dead letter
│   ├── RefusedDeadLetterError   the same: the queue refuses its dead letter
│   └── TooManyDeadLettersError  the same: with so many dead letters the fault is elsewhere
├── CheckpointError              stop: the checkpoint can't be made
├── DaemonError                  stop: the daemon breaks the protocol
├── EventError                   fail the invocation: the event is not one of a stream
└── LeaseLostError               drop what is held, silently: another worker holds the shard
"""

from collections.abc import Sequence
from typing import Literal

FailureName = Literal["record's", "batch's", "passing"]
"""The class of what a record failed for, as docs/failures.md names it."""


class StreamPublisherError(Exception):
    """Base of every error that this package raises on purpose."""


class PublishError(StreamPublisherError):
    """The topic did not take a message."""


class TransientError(PublishError):
    """A failure that ends by itself: throttling, time-outs, the network, SNS's own errors."""


class UnansweredError(TransientError):
    """Nobody was there, or no answer came in time: by another's answer it shows to be over."""


class OperatorError(PublishError):
    """A failure that somebody must fix: the topic, its permissions, its key, the credentials."""


class BatchError(PublishError):
    """The message is refused for what is in it; some of its records may be accepted alone."""


class RetriesExhaustedError(PublishError):
    """A transient error that was retried as often, or for as long, as is wanted.

    The message is not at fault: none of its records would fare better alone.
    """


class _AtRecordError(StreamPublisherError):
    """An error about one record, which it names.

    Args:
        sequence_number: The record's sequence number.
        reason: What is wrong with it.
    """

    def __init__(self, sequence_number: str, reason: str) -> None:
        super().__init__(f"record {sequence_number}: {reason}")
        self.sequence_number = sequence_number
        self.reason = reason


class RecordError(_AtRecordError):
    """A record can't be read, or can't be published even alone.

    Args:
        sequence_number: The record's sequence number.
        reason: What is wrong with it.
        failure: The class of its failure.
    """

    def __init__(
        self, sequence_number: str, reason: str, failure: FailureName = "record's"
    ) -> None:
        super().__init__(sequence_number, reason)
        self.failure: FailureName = failure


class PoisonError(_AtRecordError):
    """Such a record is not to become a dead letter: the shard must stop here.

    It is no RecordError, which would be taken for one more record to make a dead letter of.
    """


class RefusedDeadLetterError(PoisonError):
    """The queue refuses a dead letter for what is in it: the record has nowhere to go."""


class TooManyDeadLettersError(PoisonError):
    """A dead letter is not kept: there are so many that the fault must be elsewhere."""


class CheckpointError(StreamPublisherError):
    """The daemon could not make a checkpoint, and a retry would not help."""


class DaemonError(StreamPublisherError):
    """The daemon said something that is not of its protocol."""


class EventError(StreamPublisherError):
    """The event is not one of a table's stream.

    Args:
        mistakes: One line each.
    """

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)


class LeaseLostError(StreamPublisherError):
    """The shard has moved to another worker, which publishes what is not checkpointed."""

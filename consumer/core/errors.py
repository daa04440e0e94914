"""What can go wrong, and what the caller does about it.

StreamPublisherError
├── RecordError       a record can't become part of a message: stop, checkpoint nothing after it
├── PublishError      no retry can mend the publish: stop, checkpoint nothing
├── CheckpointError   the checkpoint can't be made: stop
└── LeaseLostError    another worker holds the shard: drop what is held and say nothing
"""


class StreamPublisherError(Exception):
    """Base of every error that this package raises on purpose."""


class RecordError(StreamPublisherError):
    """A record can't be read or can't be written into a message.

    Args:
        sequence_number: Where the record stands in its shard.
        reason: What is wrong with it.
    """

    def __init__(self, sequence_number: str, reason: str) -> None:
        super().__init__(f"record {sequence_number}: {reason}")
        self.sequence_number = sequence_number
        self.reason = reason


class PublishError(StreamPublisherError):
    """The topic refused a message for a reason that trying again can't mend."""


class CheckpointError(StreamPublisherError):
    """The daemon could not make a checkpoint for a reason that trying again can't mend."""


class LeaseLostError(StreamPublisherError):
    """The shard moved to another worker, which will publish what is not checkpointed."""

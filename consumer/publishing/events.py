"""Every event that the record processor logs: its name, its level and its sentence.

The list is closed: a name that is not here is a type error, and docs/logs.md is compared with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

EventKey = Literal[
    "processor_started",
    "batch_published",
    "batch_refused",
    "progress",
    "checkpoint_made",
    "metrics",
    "body_kept",
    "publish_retried",
    "publish_blocked",
    "checkpoint_retried",
    "lease_lost",
    "shard_ended",
    "shutdown_requested",
    "record_dead_lettered",
    "record_refused",
    "processor_failed",
    "daemon_gone",
    "event_cut_short",
    "event_failed",
]

Level = Literal["DEBUG", "INFO", "WARN", "ERROR"]


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event.

    Attributes:
        level: DEBUG comes many times a second, INFO is routine, WARN mends itself, ERROR needs
            somebody.
        message: The sentence, with the facts it names in braces.
        meaning: What it tells an operator.
    """

    level: Level
    message: str
    meaning: str


EVENTS: Mapping[EventKey, EventKind] = {
    "processor_started": EventKind(
        "INFO",
        "Reading the shard from {sequenceNumber}",
        "A record processor holds the shard and begins after this checkpoint.",
    ),
    "batch_published": EventKind(
        "INFO",
        "Published as one message, records: {records}",
        "SNS has taken the batch; its checkpoint is made once all before it is taken, too.",
    ),
    "batch_refused": EventKind(
        "WARN",
        "A message is refused for what is in it (records: {records}): {error}",
        "Its records are published in halves, until the one that is refused stands alone; what "
        "becomes of that one is the next line.",
    ),
    "progress": EventKind(
        "DEBUG",
        "{millisBehindLatest} ms behind; the oldest record not published is of "
        "{oldestUnpublishedAt}",
        "How far the shard is: told before each message, each wait and at the end of a delivery.",
    ),
    "checkpoint_made": EventKind(
        "DEBUG",
        "Checkpoint at {sequenceNumber} after {millis} ms",
        "The lease table has it: the records up to there don't come again.",
    ),
    "metrics": EventKind(
        "INFO",
        "What was measured since the last such line",
        "Metrics in CloudWatch's embedded format, whatever the least level is; see "
        "[metrics.md](metrics.md).",
    ),
    "body_kept": EventKind(
        "INFO",
        "{bytes} bytes are too large for a message and lie at {place}",
        "S3 has taken what the topic, or the dead-letter queue, is too small for; a pointer to it "
        "is sent next.",
    ),
    "publish_retried": EventKind(
        "WARN",
        "Not taken: {error}; next try in {waitSeconds} s",
        "A passing failure. The shard waits, nothing is lost; see `failingForSeconds`.",
    ),
    "publish_blocked": EventKind(
        "ERROR",
        "Refused until this is mended: {error}; next try in {waitSeconds} s",
        "The topic, queue or bucket, its permissions, its key or the credentials need mending. The "
        "shard waits, nothing is lost; see `publisher.operatorErrorExitAfter`.",
    ),
    "checkpoint_retried": EventKind(
        "WARN",
        "The checkpoint could not be made yet; next try in {waitSeconds} s",
        "The lease table is throttled or doesn't answer. A crash now would publish the batch "
        "again.",
    ),
    "lease_lost": EventKind(
        "INFO",
        "The lease is over; unpublished records that are left to the next holder: {dropped}",
        "Routine when workers come and go. The next holder publishes what was dropped.",
    ),
    "shard_ended": EventKind(
        "INFO",
        "The shard is read to its end",
        "Everything in it is published, and its end is checkpointed.",
    ),
    "shutdown_requested": EventKind(
        "INFO",
        "The daemon is stopping; everything read so far is published",
        "Routine at a stop or a deploy.",
    ),
    "record_dead_lettered": EventKind(
        "ERROR",
        "Record {sequenceNumber} can't be published and is a dead letter: {error}",
        "The dead-letter queue has taken the record, and reading goes on. See "
        "`stream-publisher dead-letters`.",
    ),
    "record_refused": EventKind(
        "ERROR",
        "Record {sequenceNumber} can't be published: {error}",
        "The shard stops here, and nothing after the record is checkpointed. It is tried again "
        "after a growing wait.",
    ),
    "processor_failed": EventKind(
        "ERROR",
        "The record processor stops: {error}",
        "The record processor can't go on, and ends. Another one begins at the last checkpoint "
        "after a growing wait; where the fault is the whole worker's, the worker ends.",
    ),
    "daemon_gone": EventKind(
        "WARN",
        "The daemon has ended; this record processor ends too",
        "The daemon was killed while a batch was under way. The next holder publishes it again.",
    ),
    "event_cut_short": EventKind(
        "WARN",
        "The function's time is up; from {sequenceNumber} on all comes again (records: {records}): "
        "{error}",
        "In Lambda only. A failure that did not pass in the time of the invocation; Lambda hands "
        "over what is left again.",
    ),
    "event_failed": EventKind(
        "ERROR",
        "From {sequenceNumber} on nothing is published, and all comes again (records: {records}): "
        "{error}",
        "In Lambda only. Somebody must fix something; Lambda hands over what is left again, until "
        "it is mended or the mapping's limits are reached.",
    ),
}

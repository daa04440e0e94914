"""Every event that a record processor logs: its name, its level and its sentence.

The list is closed: any other name is a type error. A test compares docs/logs.md with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

EventKey = Literal[
    "processor_started",
    "batch_published",
    "batches_published",
    "batch_refused",
    "records_filtered",
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
        level: DEBUG comes many times a second, INFO is routine, WARN passes by itself, ERROR needs
            an operator.
        message: The sentence; facts stand in braces.
        meaning: What it tells an operator.
    """

    level: Level
    message: str
    meaning: str


EVENTS: Mapping[EventKey, EventKind] = {
    "processor_started": EventKind(
        "INFO",
        "Reading the shard from {sequenceNumber}",
        "A record processor has the shard and begins after this checkpoint.",
    ),
    "batch_published": EventKind(
        "INFO",
        "Published as one message, records: {records}",
        "SNS has taken the batch. Its checkpoint follows once SNS has taken all batches before it.",
    ),
    "batches_published": EventKind(
        "INFO",
        "Published within {seconds} s: changes {records}, messages {messages}",
        "What SNS has taken since the last such line, every few seconds while there is any; "
        "instead of `batch_published`, with `publisher.logBatches` = totals and in the human log.",
    ),
    "batch_refused": EventKind(
        "WARN",
        "SNS refuses the content of a message (records: {records}): {error}",
        "The records are published in halves until the refused one is alone. The next line says "
        "what becomes of it.",
    ),
    "records_filtered": EventKind(
        "DEBUG",
        "Filtered out, records: {records}",
        "`publisher.filter`, or another setting that filters, wants none of these records of a "
        "delivery. They count as done; the checkpoint passes them in their turn.",
    ),
    "progress": EventKind(
        "DEBUG",
        "{millisBehindLatest} ms behind; the oldest unpublished record was made at "
        "{oldestUnpublishedAt}",
        "How far the shard is: before each message, before each wait and after each delivery.",
    ),
    "checkpoint_made": EventKind(
        "DEBUG",
        "Checkpoint at {sequenceNumber} after {millis} ms",
        "The lease table has the checkpoint: the records up to it don't come again.",
    ),
    "metrics": EventKind(
        "INFO",
        "Metrics since the last such line",
        "Metrics in CloudWatch's embedded format, written at any log level; see "
        "[metrics.md](metrics.md).",
    ),
    "body_kept": EventKind(
        "INFO",
        "{bytes} bytes are too many for a message; they are kept at {place}",
        "S3 has taken a body that is too large for the topic or the dead-letter queue. A pointer "
        "to it is sent next.",
    ),
    "publish_retried": EventKind(
        "WARN",
        "Not taken: {error}; next attempt in {waitSeconds} s",
        "A transient error. The shard waits, nothing is lost; see `failingForSeconds`.",
    ),
    "publish_blocked": EventKind(
        "ERROR",
        "Blocked until somebody fixes this: {error}; next attempt in {waitSeconds} s",
        "Fix the topic, queue or bucket, its permissions, its key or the credentials. The shard "
        "waits, nothing is lost; see `publisher.operatorErrorExitAfter`.",
    ),
    "checkpoint_retried": EventKind(
        "WARN",
        "The checkpoint could not be made yet; next attempt in {waitSeconds} s",
        "The lease table is throttled or doesn't answer. After a crash now, the batch would be "
        "published again.",
    ),
    "lease_lost": EventKind(
        "INFO",
        "The lease is lost; unpublished records left to the next holder: {dropped}",
        "Routine when workers come and go. The next holder publishes what was dropped.",
    ),
    "shard_ended": EventKind(
        "INFO",
        "The shard is read to its end",
        "Everything in the shard is published, and its end is checkpointed.",
    ),
    "shutdown_requested": EventKind(
        "INFO",
        "The daemon is stopping; everything read so far is published",
        "Routine at a stop or a deploy.",
    ),
    "record_dead_lettered": EventKind(
        "ERROR",
        "Record {sequenceNumber} can't be published and is a dead letter: {error}",
        "The dead-letter queue has taken the record, and the shard goes on. See "
        "`stream-publisher dead-letters`.",
    ),
    "record_refused": EventKind(
        "ERROR",
        "Record {sequenceNumber} can't be published: {error}; name a publisher.claimCheckBucket if "
        "it is too large, or set publisher.onPoison = dead-letter",
        "The shard stops here, and nothing after the record is checkpointed. The daemon retries "
        "after a growing wait.",
    ),
    "processor_failed": EventKind(
        "ERROR",
        "The record processor stops: {error}",
        "The record processor ends. After a growing wait, another one begins at the last "
        "checkpoint. Where no shard of the worker could go on, the worker ends.",
    ),
    "daemon_gone": EventKind(
        "WARN",
        "The daemon has ended; this record processor ends too",
        "The daemon was killed while a batch was in flight. The next holder publishes it again.",
    ),
    "event_cut_short": EventKind(
        "WARN",
        "The function's time is up; records from {sequenceNumber} on come again "
        "(records: {records}): {error}",
        "In Lambda only. A transient error outlasted the invocation. Lambda hands over the rest "
        "again.",
    ),
    "event_failed": EventKind(
        "ERROR",
        "Records from {sequenceNumber} on are not published, and come again (records: {records}): "
        "{error}",
        "In Lambda only. Somebody must fix something. Lambda hands over the rest again until it is "
        "fixed, or until the mapping's limits are reached.",
    ),
}

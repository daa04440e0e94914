"""Every metric: its name, unit and meaning; and how a record processor's events become metrics.

The list is closed: any other name is a type error. Tests compare docs/metrics.md, the alarms of
deploy/alarms.yaml and the daemon's own metrics with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from consumer.publishing.events import EventKey
from consumer.publishing.ports import Fact

NAMESPACE = "StreamPublisher"
"""Their name space in CloudWatch."""

DIMENSIONS = ("ApplicationName", "TableName")
"""These tell the metrics of two fleets apart. No more by default, since each value costs money."""

SHARD_DIMENSION = "ShardId"
"""The dimension of the second set that `publisher.metricsPerShard` adds."""

MOST_VALUES = 99
"""The most values of one metric in a line. CloudWatch takes 100; but at 100 the library prints the
line by itself, to standard output, which is the protocol here."""

MetricKey = Literal[
    "RecordsPublished",
    "MessagesPublished",
    "BytesPublished",
    "RecordsFiltered",
    "PublishTime",
    "PublishAttempts",
    "PassingFailures",
    "OperatorFailures",
    "BatchFailures",
    "DeadLetters",
    "CheckpointTime",
    "OldestUnpublishedAge",
    "TimeBehindLatest",
    "ShardHeartbeats",
    "ShardRestarts",
    "StoppedShards",
    "TrimmedGaps",
    "DisabledStreams",
    "Workers",
]

Unit = Literal["Count", "Bytes", "Milliseconds", "Seconds"]

Kind = Literal["sum", "each", "greatest"]
"""What a line holds of the values since the last line: their sum, each of them, or the greatest."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes:
        unit: CloudWatch's name of its unit.
        kind: What a line holds.
        meaning: What it tells an operator.
        normal: Its values while all is well.
    """

    unit: Unit
    kind: Kind
    meaning: str
    normal: str


METRICS: Mapping[MetricKey, Metric] = {
    "RecordsPublished": Metric(
        "Count", "sum", "Changes that SNS has taken.", "As many as the table's writes."
    ),
    "MessagesPublished": Metric(
        "Count",
        "sum",
        "Messages that SNS has taken: batches.",
        "A tenth of the records under load, up to one a record on a quiet table.",
    ),
    "BytesPublished": Metric(
        "Bytes", "sum", "Bytes of those messages, attributes included.", "Follows the records."
    ),
    "RecordsFiltered": Metric(
        "Count",
        "sum",
        "Changes that a filter has kept from the topic.",
        "None without a filter.",
    ),
    "PublishTime": Metric(
        "Milliseconds",
        "each",
        "Time from a message's first call until SNS has it, with the waits between attempts.",
        "10 to 100.",
    ),
    "PublishAttempts": Metric(
        "Count",
        "each",
        "How often a message's call was made.",
        "1 on average.",
    ),
    "PassingFailures": Metric(
        "Count",
        "sum",
        "Attempts that failed with a transient error: at SNS, the dead-letter queue or the bucket.",
        "None, or a few an hour.",
    ),
    "OperatorFailures": Metric(
        "Count", "sum", "Attempts that failed for something that an operator must fix.", "None."
    ),
    "BatchFailures": Metric("Count", "sum", "Messages whose content SNS refused.", "None."),
    "DeadLetters": Metric("Count", "sum", "Records that the dead-letter queue took.", "None."),
    "CheckpointTime": Metric(
        "Milliseconds",
        "each",
        "Time until a checkpoint is made, with the waits between attempts.",
        "5 to 50.",
    ),
    "OldestUnpublishedAge": Metric(
        "Seconds",
        "greatest",
        "The greatest age since the last line of a change that is read but not published. The "
        "stream forgets a change after 86,400.",
        "Below 5; 0 on a quiet shard.",
    ),
    "TimeBehindLatest": Metric(
        "Milliseconds",
        "greatest",
        "How far reading is behind the stream's tip, as the daemon says with each delivery.",
        "Below 5,000; 0 on a quiet shard.",
    ),
    "ShardHeartbeats": Metric(
        "Count",
        "sum",
        "1 a line of each record processor: at defaults, 1 a minute for each shard.",
        "The number of the stream's open shards, a minute.",
    ),
    "ShardRestarts": Metric(
        "Count",
        "sum",
        "Record processors that failed; another one begins at the last checkpoint.",
        "None.",
    ),
    "StoppedShards": Metric(
        "Count",
        "sum",
        "Shards that make no progress, a line: a record can't be published, or what the shard "
        "needs is away.",
        "None.",
    ),
    "TrimmedGaps": Metric(
        "Count",
        "sum",
        "Gaps in a shard: changes that expired before they were read. A gap that is met again "
        "counts again.",
        "None, ever.",
    ),
    "DisabledStreams": Metric(
        "Count", "sum", "How often a worker found that its stream is disabled.", "None, ever."
    ),
    "Workers": Metric(
        "Count",
        "sum",
        "1 a line of each daemon at work: at defaults, 1 a minute for each worker.",
        "The number of workers, a minute.",
    ),
}

OF_THE_DAEMON: frozenset[MetricKey] = frozenset(
    {"ShardRestarts", "StoppedShards", "TrimmedGaps", "DisabledStreams", "Workers"}
)
"""Metrics that the daemon writes itself, since only the daemon knows them."""


class Measures:
    """The metrics of a record processor's events, until they are taken to be written.

    Times are in milliseconds since 1970 UTC, like those of changes.
    """

    def __init__(self) -> None:
        self._values: dict[MetricKey, list[float]] = {}
        self._has_begun = False
        self._behind: float | None = None
        self._oldest_at: float | None = None

    def learn(self, event: EventKey, facts: Mapping[str, Fact], now: float) -> None:
        """Learn of an event."""
        match event:
            case "progress":
                self._has_begun = True
                self._behind = _number(facts["millisBehindLatest"])
                self._oldest_at = _number(facts["oldestUnpublishedAt"])
                self._gauge(now)
            case "lease_lost" | "shard_ended" | "shutdown_requested":
                self._has_begun = False  # this process no longer has the shard
        for key, value in _counted(event, facts):
            self._add(key, value)

    @property
    def is_full(self) -> bool:
        """Whether a metric has as many values as a line can hold."""
        return any(len(values) >= MOST_VALUES for values in self._values.values())

    def take(self, now: float) -> Mapping[MetricKey, Sequence[float]]:
        """Return the values of a line, and forget them, except how far the shard is."""
        self._gauge(now)
        self._add("ShardHeartbeats", 1)
        taken, self._values = self._values, {}
        return taken

    def _gauge(self, now: float) -> None:
        """Measure an age at every chance: it grows while there are no events."""
        if self._has_begun and self._behind is not None:
            self._add("TimeBehindLatest", self._behind)
        if self._has_begun:
            age = 0.0 if self._oldest_at is None else max(0.0, now - self._oldest_at) / 1000
            self._add("OldestUnpublishedAge", round(age, 3))

    def _add(self, key: MetricKey, value: float) -> None:
        values = self._values.setdefault(key, [])
        match METRICS[key].kind:
            case "sum":
                values[:] = [sum(values) + value]
            case "greatest":
                values[:] = [max([*values, value])]
            case _:
                values.append(value)


def _counted(event: EventKey, facts: Mapping[str, Fact]) -> Iterator[tuple[MetricKey, float]]:
    """Yield what an event adds to metrics."""
    match event:
        case "batch_published":
            yield "RecordsPublished", _known(facts["records"])
            yield "MessagesPublished", 1
            yield "BytesPublished", _known(facts["bytes"])
            yield "PublishTime", _known(facts["publishMillis"])
            yield "PublishAttempts", _known(facts["attempts"])
        case "records_filtered":
            yield "RecordsFiltered", _known(facts["records"])
        case "publish_retried":
            yield "PassingFailures", 1
        case "publish_blocked":
            yield "OperatorFailures", 1
        case "batch_refused":
            yield "BatchFailures", 1
        case "record_dead_lettered":
            yield "DeadLetters", 1
        case "checkpoint_made":
            yield "CheckpointTime", _known(facts["millis"])


def _known(fact: Fact) -> float:
    return cast("float", fact)


def _number(fact: Fact) -> float | None:
    return cast("float | None", fact)

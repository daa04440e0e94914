"""Metrics as lines of the log, in CloudWatch's embedded metric format (EMF).

CloudWatch reads metrics from such a line when it stores the line. That takes no call, no agent and
no permission beyond the log's own.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from consumer.publishing.events import EventKey
from consumer.publishing.ports import Fact, Journal
from consumer.telemetry.logs import write_metrics
from consumer.telemetry.metrics import (
    DIMENSIONS,
    METRICS,
    NAMESPACE,
    SHARD_DIMENSION,
    Measures,
    MetricKey,
)


@dataclass(frozen=True, slots=True)
class EmfForm:
    """How metrics are written.

    Attributes:
        application: The fleet's name.
        table: The table whose changes are published.
        shard: Returns the shard's id where metrics of each shard are wanted, else None.
        now: The time of day, in seconds since 1970 UTC.
    """

    application: str
    table: str
    shard: Callable[[], str | None] = lambda: None
    now: Callable[[], float] = time.time

    def document(self, values: Mapping[MetricKey, Sequence[float]]) -> Mapping[str, Any]:
        """Return values as an EMF document."""
        own = dict(zip(DIMENSIONS, (self.application, self.table), strict=True))
        # Without this the library would take a name space from a Lambda function's environment.
        emf = AmazonCloudWatchEMFProvider(namespace=NAMESPACE)
        emf.set_timestamp(round(self.now() * 1000))
        if shard := self.shard():
            emf.add_dimensions(**own, **{SHARD_DIMENSION: shard})
        for key, measured in values.items():
            for value in measured:
                emf.add_metric(key, METRICS[key].unit, value)
        # The library's own dimensions may hold more, also from a Lambda function's environment.
        return dict(emf.serialize_metric_set(dimensions=own))


class MeteredJournal:
    """Notes events in another journal, and writes metrics of them at intervals.

    Args:
        journal: Where events are noted.
        form: How metrics are written.
        interval_seconds: Time between two lines while there are events. A full line is written
            earlier.
        write: Writes a line's document.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        journal: Journal,
        form: EmfForm,
        interval_seconds: float,
        write: Callable[[Mapping[str, Any]], None] = write_metrics,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal, self._form, self._write = journal, form, write
        self._interval_seconds, self._clock = interval_seconds, clock
        self._measures, self._since = Measures(), clock()
        # Threads of calls note events, too.
        self._lock = threading.Lock()

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Note an event, and count it in metrics."""
        self._journal.note(event, **facts)
        with self._lock:
            self._measures.learn(event, facts, self._form.now() * 1000)
            if self._measures.is_full or self._clock() - self._since >= self._interval_seconds:
                self._flush()

    def close(self) -> None:
        """Write what is left."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        self._since = self._clock()
        self._write(self._form.document(self._measures.take(self._form.now() * 1000)))


@contextmanager
def metered(journal: Journal, form: EmfForm, interval_seconds: float) -> Iterator[Journal]:
    """Give a journal whose events are measured until the `with` ends.

    Args:
        journal: Where events are noted.
        form: How metrics are written.
        interval_seconds: Time between two lines; 0 measures nothing.
    """
    if interval_seconds <= 0:
        yield journal
        return
    measured = MeteredJournal(journal, form, interval_seconds)
    try:
        yield measured
    finally:
        measured.close()

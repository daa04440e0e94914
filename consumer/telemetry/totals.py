"""Totals of what is published, every few seconds, instead of a line for each message."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from consumer.publishing.events import EventKey
from consumer.publishing.ports import Fact, Journal

TOTALS_SECONDS = 5.0
"""The least time between two lines of totals."""

_ROUTINE: frozenset[EventKey] = frozenset({"progress", "checkpoint_made"})


@dataclass(slots=True)
class Totals:
    """What was published since the last line.

    Attributes:
        messages: Messages.
        records: Changes.
        size: Their bytes.
        slowest_millis: The longest publish.
        last: The latest message's facts.
    """

    messages: int = 0
    records: int = 0
    size: int = 0
    slowest_millis: int = 0
    last: Mapping[str, Fact] | None = None

    def add(self, facts: Mapping[str, Fact]) -> None:
        """Add a message."""
        self.messages += 1
        self.records += _number(facts["records"])
        self.size += _number(facts["bytes"])
        self.slowest_millis = max(self.slowest_millis, _number(facts["publishMillis"]))
        self.last = facts

    def facts(self, seconds: float) -> dict[str, Fact]:
        """The facts of a line about so many seconds."""
        last = self.last or {}
        return {
            "records": self.records,
            "messages": self.messages,
            "seconds": round(seconds, 1),
            "bytes": self.size,
            "slowestPublishMillis": self.slowest_millis,
            "lastSequenceNumber": last.get("lastSequenceNumber"),
            "millisBehindLatest": last.get("millisBehindLatest"),
        }


class TotalsJournal:
    """Notes events in another journal; of messages that SNS took, it notes totals.

    Totals are noted at most every few seconds, and before any event that is not routine, so that
    the lines are in order. A quiet shard has none.

    Args:
        journal: Where events are noted.
        clock: Seconds that never go back.
    """

    def __init__(self, journal: Journal, clock: Callable[[], float] = time.monotonic) -> None:
        self._journal, self._clock = journal, clock
        self._totals, self._since = Totals(), clock()
        # Threads of calls note events, too.
        self._lock = threading.Lock()

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Note an event, or add it to the totals."""
        with self._lock:
            if event == "batch_published":
                self._totals.add(facts)
            is_urgent = event not in _ROUTINE and event != "batch_published"
            if is_urgent or self._clock() - self._since >= TOTALS_SECONDS:
                self._flush()
        if event != "batch_published":
            self._journal.note(event, **facts)

    def _flush(self) -> None:
        now = self._clock()
        if self._totals.messages:
            self._journal.note("batches_published", **self._totals.facts(now - self._since))
        self._totals, self._since = Totals(), now


def _number(fact: Fact) -> int:
    return cast("int", fact)

"""What a record processor tells its daemon of a shard that makes no progress.

It goes to standard error as a line of JSON behind a mark. The daemon takes such a line for itself
(daemon/…/multilang/ChildStderr.java), and does not log it: the log has an event of its own.
"""

import json
import os
from collections.abc import Callable, Mapping
from typing import cast

from consumer.problems import parse_problem
from consumer.publishing.events import EventKey
from consumer.publishing.ports import Fact, Journal

_MARK = "\x1e"
_STDERR = 2

_PATIENCE_SECONDS = 30.0
"""A transient error that has lasted for so long is told. Most are over sooner."""

_MOST_CHARACTERS = 300
"""A longer reason is cut: a line must pass through the pipe in one piece."""

_POISON = (
    "name a publisher.claimCheckBucket if it is too large, or set publisher.onPoison = dead-letter"
)
_LOG = "look for processor_failed in the worker's log"


def report_of(event: EventKey, facts: Mapping[str, Fact]) -> Mapping[str, Fact] | None:
    """Return what an event tells of a shard that makes no progress; None if it doesn't.

    Returns:
        `reason` and `fix`; `sequenceNumber` of a record that can't be published; `attempts` and
        `waitSeconds` where the record processor retries by itself.
    """
    match event:
        case "record_refused":
            return _told(facts, _POISON) | {"sequenceNumber": facts["sequenceNumber"]}
        case "processor_failed":
            return _told(facts, _LOG)
        case "publish_blocked":
            return _waiting(facts)
        case "publish_retried" if cast("float", facts["failingForSeconds"]) >= _PATIENCE_SECONDS:
            return _waiting(facts)
        case _:
            return None


def _waiting(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return _told(facts) | {name: facts[name] for name in ("attempts", "waitSeconds")}


def _told(facts: Mapping[str, Fact], fix: str | None = None) -> dict[str, Fact]:
    """The reason; and what to do, which is the end of an explained error's own text."""
    error = str(facts["error"])
    if fix is None:
        problem = parse_problem(error)
        error, fix = f"{problem.thing}: {problem.wrong}", problem.fix
    return {"reason": error[:_MOST_CHARACTERS], "fix": fix[:_MOST_CHARACTERS]}


def tell_the_daemon(report: Mapping[str, Fact]) -> None:
    """Write a report in one piece, since other threads write lines of the log meanwhile."""
    os.write(_STDERR, f"{_MARK}{json.dumps(report)}\n".encode())


class ReportingJournal:
    """Notes events in another journal, and tells the daemon why its shard makes no progress.

    Args:
        journal: Where events are noted.
        tell: Tells the daemon.
    """

    def __init__(
        self, journal: Journal, tell: Callable[[Mapping[str, Fact]], None] = tell_the_daemon
    ) -> None:
        self._journal, self._tell = journal, tell

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Note an event; the daemon learns of it first, before it may see this process end."""
        if report := report_of(event, facts):
            self._tell(report)
        self._journal.note(event, **facts)

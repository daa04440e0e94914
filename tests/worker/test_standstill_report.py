"""What a record processor tells the daemon of a shard that makes no progress."""

import json
import os
from collections.abc import Mapping

import pytest

from consumer.publishing.events import EventKey
from consumer.publishing.ports import Fact
from consumer.worker.standstill_report import ReportingJournal, report_of, tell_the_daemon
from tests.fakes import FakeJournal

RETRY = {"known": True, "attempts": 3, "waitSeconds": 20.5, "failingForSeconds": 30.0}
GONE = "topic arn:x: doesn't exist in this account and region; create it or correct the name"


@pytest.mark.parametrize(
    ("event", "facts", "reason", "more"),
    [
        (
            "record_refused",
            {"sequenceNumber": "7", "error": "is too large"},
            "is too large",
            {"sequenceNumber": "7"},
        ),
        ("processor_failed", {"error": "CheckpointError: no"}, "CheckpointError: no", {}),
        (
            "publish_blocked",
            {"error": GONE, **RETRY, "failingForSeconds": 0.0},
            "topic arn:x: doesn't exist in this account and region",
            {"attempts": 3, "waitSeconds": 20.5},
        ),
        (
            "publish_retried",
            {"error": "topic arn:x: Publish failed: Throttled: slow", **RETRY},
            "topic arn:x: Publish failed: Throttled: slow",
            {"attempts": 3, "waitSeconds": 20.5},
        ),
    ],
)
def test_each_standstill_has_a_reason(
    event: EventKey, facts: dict[str, Fact], reason: str, more: dict[str, Fact]
) -> None:
    """And when it is retried, where the record processor does that itself."""
    report = dict(report_of(event, facts) or {})

    assert report.pop("reason") == reason
    assert isinstance(report.pop("fix"), str)
    assert report == more


@pytest.mark.parametrize("event", ["batch_published", "publish_retried"])
def test_what_is_over_soon_is_none(event: EventKey) -> None:
    """Throttling for some seconds, and success."""
    assert report_of(event, {"error": "no", **RETRY, "failingForSeconds": 29.9}) is None


def test_a_long_reason_is_cut() -> None:
    """A line that doesn't fit into the pipe at once could be torn by another thread's."""
    report = report_of("record_refused", {"sequenceNumber": "7", "error": "ä" * 5_000})

    assert len(json.dumps(report)) < 4_000


def test_the_daemon_learns_of_it_before_the_log() -> None:
    """It may see the process end right after that."""
    journal, told = FakeJournal(), list[tuple[Mapping[str, Fact], list[EventKey]]]()
    reporting = ReportingJournal(journal, lambda report: told.append((report, journal.events)))
    reporting.note("record_refused", sequenceNumber="7", error="is too large")
    reporting.note("lease_lost", dropped=0)

    ((report, noted),) = told
    assert report["sequenceNumber"] == "7"
    assert noted == []
    assert journal.events == ["record_refused", "lease_lost"]


def test_a_report_is_a_line_behind_a_mark(capfd: pytest.CaptureFixture[str]) -> None:
    """The daemon takes it out of what it copies to the log."""
    os.write(2, b"a line of the log\n")
    tell_the_daemon({"reason": "ä\nb"})

    assert capfd.readouterr().err == 'a line of the log\n\x1e{"reason": "\\u00e4\\nb"}\n'

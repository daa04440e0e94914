"""Metrics as lines of the log."""

import io
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import pytest

from consumer.telemetry.emf import EmfForm, MeteredJournal, metered
from consumer.telemetry.metrics import DIMENSIONS, METRICS, NAMESPACE
from tests.emf import check, names_of, total, values_of
from tests.fakes import FakeJournal

# CloudWatch, and the library, refuse times of long ago.
NOW = float(round(time.time()))
FORM = EmfForm("orders-publisher", "orders", now=lambda: NOW)
FACTS = {"records": 10, "bytes": 2000, "attempts": 1, "publishMillis": 25}


class Written:
    """A journal whose metrics are kept, at a clock that stands."""

    lines: list[Mapping[str, Any]]

    def __init__(self, form: EmfForm = FORM) -> None:
        self.lines = []
        self.inner, self.now = FakeJournal(), 0.0
        self.journal = MeteredJournal(self.inner, form, 60, self.lines.append, lambda: self.now)


def test_a_line_is_one_that_cloudwatch_takes_metrics_out_of() -> None:
    """Name space, dimensions and units are those of the list."""
    written = Written()
    written.journal.note("batch_published", **FACTS)
    written.journal.close()
    (line,) = written.lines
    (directive,) = line["_aws"]["CloudWatchMetrics"]

    check(line)
    assert line["_aws"]["Timestamp"] == NOW * 1000
    assert directive["Namespace"] == NAMESPACE
    assert directive["Dimensions"] == [list(DIMENSIONS)]
    assert (line["ApplicationName"], line["TableName"]) == ("orders-publisher", "orders")
    assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]} == {
        name: METRICS[name].unit
        for name in (
            "RecordsPublished",
            "MessagesPublished",
            "BytesPublished",
            "PublishTime",
            "PublishAttempts",
            "ShardHeartbeats",
        )
    }


def test_a_line_leaves_once_an_interval() -> None:
    """As long as there are events, as there are about once a second."""
    written = Written()
    for second in range(130):
        written.now = float(second)
        written.journal.note("batch_published", **FACTS)

    assert [values_of(line, "RecordsPublished") for line in written.lines] == [[610.0], [600.0]]


def test_a_full_line_leaves_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is left out, and nothing is written to standard output, which is the protocol."""
    written = Written()
    for _ in range(250):
        written.journal.note("batch_published", **FACTS)
    written.journal.close()

    for line in written.lines:
        check(line)
    assert sum(len(values_of(line, "PublishTime")) for line in written.lines) == 250
    assert total(written.lines, "RecordsPublished") == 2500
    assert capfd.readouterr() == ("", "")


def test_a_shards_own_metrics_are_a_second_set_of_dimensions() -> None:
    """The fleet's go on beside them."""
    written = Written(EmfForm("orders-publisher", "orders", lambda: "shardId-1", lambda: NOW))
    written.journal.close()
    (line,) = written.lines

    check(line)
    sets = line["_aws"]["CloudWatchMetrics"][0]["Dimensions"]
    assert sets == [list(DIMENSIONS), [*DIMENSIONS, "ShardId"]]
    assert line["ShardId"] == "shardId-1"


def test_the_environment_of_a_lambda_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would take a name space and a dimension from there."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Other")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "payment")
    document = FORM.document({"ShardHeartbeats": [1]})

    assert document["_aws"]["CloudWatchMetrics"][0]["Namespace"] == NAMESPACE
    assert document["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [list(DIMENSIONS)]


def test_every_event_is_noted_as_before() -> None:
    """Metrics come on top."""
    written = Written()
    written.journal.note("lease_lost", dropped=3)

    assert written.inner.notes == [("lease_lost", {"dropped": 3})]


def test_without_an_interval_nothing_is_measured() -> None:
    """The journal is the one that was given."""
    journal = FakeJournal()
    with metered(journal, FORM, 0) as given:
        assert given is journal


KILLED = """
import sys
from consumer.telemetry.logs import LogJournal, start_logging
from consumer.telemetry.emf import EmfForm, metered
import logging
start_logging("json", "ERROR", {"shardId": "shardId-1"})
with metered(LogJournal(logging.getLogger("consumer")), EmfForm("a", "orders"), 60) as journal:
    journal.note("record_dead_lettered", sequenceNumber="7", error="odd")
    raise SystemExit(3)
"""


def test_what_was_measured_is_written_at_the_end_whatever_the_level() -> None:
    """A record processor that gives up exits; its last letters count."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED], capture_output=True, text=True, check=False
    )
    letter, line = (json.loads(each) for each in io.StringIO(done.stderr))

    check(line)
    assert done.returncode == 3
    assert done.stdout == ""
    assert letter["event"] == "record_dead_lettered"
    assert (line["event"], line["level"], line["shardId"]) == ("metrics", "INFO", "shardId-1")
    assert names_of(line) == {"DeadLetters", "ShardHeartbeats"}

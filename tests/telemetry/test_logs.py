"""Log lines: one JSON object each, or one for a person."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from consumer.telemetry.logs import LogFormat, LogJournal, start_logging

BOUND = {"workerId": "w-1", "shardId": "shardId-1"}


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where lines go; logging is as it was afterwards."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level, sys.excepthook = handlers, level, hook


def one_line(stream: io.StringIO, form: LogFormat) -> str:
    """The line of a lost lease."""
    start_logging(form, "INFO", BOUND, stream)
    LogJournal(logging.getLogger("consumer")).note("lease_lost", dropped=3)
    return stream.getvalue()


def test_a_json_line_has_all_that_a_query_needs(stream: io.StringIO) -> None:
    """Time in UTC with milliseconds, level, event, sentence, worker, shard, and the facts."""
    line = json.loads(one_line(stream, "json"))

    assert line.pop("timestamp")[-5:-4] == "."
    assert list(line) == ["level", "event", "message", "logger", "workerId", "shardId", "dropped"]
    assert (line["level"], line["event"], line["dropped"]) == ("INFO", "lease_lost", 3)
    assert (line["workerId"], line["shardId"]) == ("w-1", "shardId-1")


def test_a_human_line_is_read_at_a_glance(stream: io.StringIO) -> None:
    """Time of day, level, sentence, facts."""
    line = one_line(stream, "human")

    assert line.count("\n") == 1
    assert "INFO  The lease is lost; unpublished records left to the next holder: 3" in line
    assert line.endswith("holder: 3  shardId=shardId-1\n")


def test_a_human_line_says_nothing_twice(stream: io.StringIO) -> None:
    """Of a long shard's id it has the end; what is unknown it leaves out."""
    shard_id = "shardId-00000001769859000000-5f2c1a7b"
    start_logging("human", "INFO", {"workerId": "w-1", "shardId": shard_id}, stream)
    LogJournal(logging.getLogger("consumer")).note(
        "publish_retried", error="throttled", waitSeconds=2, failingForSeconds=7, limit=None
    )

    assert stream.getvalue().endswith(
        "WARN  Not taken: throttled; next attempt in 2 s  shardId=…5f2c1a7b failingForSeconds=7\n"
    )


def test_a_human_line_holds_nothing_that_a_terminal_obeys(stream: io.StringIO) -> None:
    """An error quotes what others have written."""
    start_logging("human", "INFO", {}, stream)
    logging.getLogger("consumer").error("answered \x1b]0;title\x07 %s", "\x9b31m")

    assert not set("\x1b\x07\x9b") & set(stream.getvalue())
    assert r"answered \x1b]0;title\x07 \x9b31m" in stream.getvalue()


@pytest.mark.parametrize("form", ["json", "human"])
def test_an_exception_goes_with_its_line(stream: io.StringIO, form: LogFormat) -> None:
    """In JSON within the one line."""
    start_logging(form, "INFO", {}, stream)
    try:
        int("odd")
    except ValueError:
        logging.getLogger("library").exception("It failed")

    assert "ValueError: invalid literal" in stream.getvalue()
    if form == "json":
        assert "ValueError: invalid literal" in json.loads(stream.getvalue())["exception"]


def test_lines_below_the_level_are_left_out(stream: io.StringIO) -> None:
    """WARN is Python's WARNING."""
    start_logging("json", "WARN", {}, stream)
    logging.getLogger("library").info("no")
    logging.getLogger("library").warning("yes")

    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == ["WARN"]


UNCAUGHT = """
import warnings
from consumer.telemetry.logs import start_logging
start_logging("json", "INFO", {"shardId": None})
warnings.warn("careful")
1 / 0
"""


def test_warnings_and_uncaught_errors_are_lines_too() -> None:
    """Nothing that a process writes to stderr breaks the form."""
    done = subprocess.run(
        [sys.executable, "-c", UNCAUGHT], capture_output=True, text=True, check=False
    )
    warning, error = (json.loads(line) for line in done.stderr.splitlines())

    assert "careful" in warning["message"]
    assert error["level"] == "ERROR"
    assert "ZeroDivisionError" in error["exception"]
    assert done.returncode == 1

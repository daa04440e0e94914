"""Log lines on stderr: JSON for CloudWatch, or a readable line for a terminal.

The daemon writes its own lines in the same form (daemon/src/main/resources), so that one query
reads both.
"""

import logging
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Literal, TextIO

from pythonjsonlogger.json import JsonFormatter

from consumer.publishing.events import EVENTS, EventKey
from consumer.publishing.ports import Fact
from consumer.telemetry.visible import visible

LogFormat = Literal["json", "human"]
LogLevel = Literal["DEBUG", "INFO", "WARN", "ERROR"]

_PYTHON_LEVELS = {"DEBUG": 10, "INFO": 20, "WARN": 30, "ERROR": 40}
_LEVEL_NAMES = {10: "DEBUG", 20: "INFO", 30: "WARN", 40: "ERROR", 50: "ERROR"}
_SHORT_SHARD = len("shardId")
_METRICS = "consumer.metrics"
_FORMAT = "%(timestamp)s%(level)s%(event)s%(message)s%(logger)s"


class _JsonLine(JsonFormatter):
    """One JSON object a line; an event's facts are members beside its sentence."""

    def __init__(self, bound: Mapping[str, Fact]) -> None:
        super().__init__(_FORMAT, json_ensure_ascii=False, rename_fields={"exc_info": "exception"})
        self._bound = bound

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data["timestamp"] = _utc(record)
        log_data["level"] = _LEVEL_NAMES.get(record.levelno, record.levelname)
        log_data["event"] = log_data["event"] or "library"
        log_data["logger"] = record.name
        log_data.update({name: value for name, value in self._bound.items() if value is not None})
        log_data.update(log_data.pop("facts", {}))


class _HumanLine(logging.Formatter):
    """Time of day, level, sentence, and what that doesn't say; nothing a terminal obeys."""

    def __init__(self, bound: Mapping[str, Fact]) -> None:
        super().__init__()
        self._bound = bound

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        facts = {**self._bound, **getattr(record, "facts", {})}
        level = _LEVEL_NAMES.get(record.levelno, record.levelname)
        line = f"{_utc(record)[11:]} {level:<5} {message}  {_untold(facts, message)}".rstrip()
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return visible(f"{line}{trace}")


def _untold(facts: Mapping[str, Fact], message: str) -> str:
    """Facts that a sentence doesn't have; of a shard's id the end, of the worker nothing."""
    shown = {name: _short(name, value) for name, value in facts.items() if name != "workerId"}
    kept = {name: text for name, text in shown.items() if text and text not in message}
    return " ".join(f"{name}={text}" for name, text in kept.items())


def _short(name: str, value: Fact) -> str:
    if value is None:
        return ""
    start, _, end = str(value).rpartition("-")
    return f"…{end}" if name == "shardId" and len(start) > _SHORT_SHARD else str(value)


def _utc(record: logging.LogRecord) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{whole}.{int(record.msecs):03d}Z"


def start_logging(
    form: LogFormat, level: LogLevel, bound: Mapping[str, Fact], stream: TextIO | None = None
) -> None:
    """Send every log line, warning and uncaught error of this process to one place.

    Args:
        form: How lines look.
        level: The least level that is written.
        bound: Facts of every line, such as the shard's id. It is read for each line, so a later
            change shows.
        stream: Where lines go; None for standard error.
    """
    handler = _handler(form, bound, stream)
    logging.basicConfig(level=_PYTHON_LEVELS[level], handlers=[handler], force=True)
    # At INFO boto logs in every process where it found its credentials.
    logging.getLogger("botocore").setLevel(logging.WARNING)
    # Metrics are written at any level.
    logging.getLogger(_METRICS).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught


def single_logger(form: LogFormat) -> logging.Logger:
    """Return a logger for a command's own lines; no other logger changes."""
    logger = logging.Logger("consumer", logging.INFO)  # noqa: LOG001 - nobody else may find it
    logger.addHandler(_handler(form, {}, None))
    return logger


def _handler(form: LogFormat, bound: Mapping[str, Fact], stream: TextIO | None) -> logging.Handler:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_JsonLine(bound) if form == "json" else _HumanLine(bound))
    return handler


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger("consumer").critical("Uncaught %s", error, exc_info=(kind, error, trace))


def write_metrics(document: Mapping[str, Any]) -> None:
    """Write metrics as a log line, at any level; the document's members are the line's.

    Args:
        document: In CloudWatch's embedded metric format.
    """
    extra = {"event": "metrics", "facts": document}
    logging.getLogger(_METRICS).info(EVENTS["metrics"].message, extra=extra)


class LogJournal:
    """Writes events as log lines.

    Args:
        logger: Where lines go.
        sign: Called with each event below the logger's level, except those of DEBUG.
    """

    def __init__(self, logger: logging.Logger, sign: Callable[[], object] = lambda: None) -> None:
        self._logger = logger
        self._sign = sign

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Write one event; its sentence and level stand in `events`."""
        kind = EVENTS[event]
        level, sentence = _PYTHON_LEVELS[kind.level], kind.message.format_map(facts)
        if self._logger.isEnabledFor(level):
            self._logger.log(level, sentence, extra={"event": event, "facts": facts})
        elif kind.level != "DEBUG":  # they are too many, and none says that something waits
            self._sign()

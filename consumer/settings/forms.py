"""How names and addresses of AWS are written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from consumer.filtering.paths import read_paths
from consumer.filtering.pattern import read_patterns

_LONGEST_SUBJECT = 99
_SHORTEST_SECONDS = 120
_SHORTEST_KEY = 16
_DURATION = r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"
_UNITS = (86_400, 3_600, 60, 1)


@dataclass(frozen=True, slots=True)
class Form:
    """How a text must be written.

    Attributes:
        words: What it is, in words.
        wrong: Returns what is wrong with a text and what would be right; None where it is right.
    """

    words: str
    wrong: Callable[[str], str | None]


def _pattern(words: str, pattern: str, wrong: str) -> Form:
    """The form of texts that match a pattern; the pattern is compiled when it is first needed."""

    def check(text: str) -> str | None:
        return None if re.fullmatch(pattern, text, re.ASCII) else wrong

    return Form(words, check)


def _wrong_subject(subject: str) -> str | None:
    if not 1 <= len(subject) <= _LONGEST_SUBJECT:
        return f"has {len(subject)} characters; SNS takes 1 to {_LONGEST_SUBJECT}"
    if not subject.isprintable():
        return "has line breaks or control characters, which SNS refuses"
    return None


def _wrong_duration(text: str) -> str | None:
    match = re.fullmatch(_DURATION, text, re.ASCII)
    parts = match.groups("0") if match else ()
    if sum(int(part) * unit for part, unit in zip(parts, _UNITS, strict=False)) < _SHORTEST_SECONDS:
        return "is no duration of two minutes or more; write one such as P1D or PT2H"
    return None


def _wrong_tags(text: str) -> str | None:
    pairs = [part.split("=") for part in text.split(",")]
    if all(len(pair) == 2 and all(map(str.strip, pair)) for pair in pairs):  # noqa: PLR2004
        return None
    return "is no list of tags; write one such as team=orders,stage=live"


def _read_by(read: Callable[[str], object]) -> Callable[[str], str | None]:
    """Return what is wrong with a text that a function reads."""

    def wrong(text: str) -> str | None:
        try:
            read(text)
        except ValueError as error:
            return str(error)
        return None

    return wrong


def _wrong_key(text: str) -> str | None:
    if len(text) < _SHORTEST_KEY:
        return f"has {len(text)} characters; take {_SHORTEST_KEY} random ones or more"
    return None


_STREAM = r"arn:[\w-]+:dynamodb:[a-z0-9-]+:\d{12}:table/(?P<table>[\w.-]+)/stream/.+"

ACCOUNT = _pattern(
    "an account's number", r"\d{12}", "is not an account's number, which has twelve digits"
)
TABLE = _pattern(
    "a table's name",
    r"[\w.-]{3,255}",
    "is not a table's name: 3 to 255 letters, digits, '_', '-' and '.'",
)
APPLICATION_NAME = _pattern(
    "a table's name, up to 230 characters",
    # The side tables' names, up to 20 characters longer, must be tables' names too.
    r"[\w.-]{3,230}",
    "is not a table's name: 3 to 230 letters, digits, '_', '-' and '.'",
)
STREAM_ARN = _pattern(
    "a stream's ARN",
    _STREAM,
    "is not a table's stream ARN, such as arn:aws:dynamodb:eu-west-1:123456789012:"
    "table/orders/stream/2026-01-31T12:00:00.000",
)
TOPIC_ARN = _pattern(
    "a topic's ARN",
    r"arn:[\w-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?",
    "is not a topic's ARN, such as arn:aws:sns:eu-west-1:123456789012:changes",
)
QUEUE_URL = _pattern(
    "a queue's URL",
    r"https?://[^/\s]+/(.+/)?[\w-]+(\.fifo)?",
    "is not a queue's URL, such as https://sqs.eu-west-1.amazonaws.com/123456789012/letters",
)
BUCKET = _pattern(
    "a bucket's name",
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "is not a bucket's name: 3 to 63 lower-case letters, digits, '.' and '-', without s3://",
)
FIFO_GROUP = _pattern(
    "shard, item or hash:N, with N from 1 to 1000",
    r"shard|item|hash:([1-9]\d{0,2}|1000)",
    "is no grouping; set shard, item, or hash:N with N from 1 to 1000",
)
PROGRAM = Form(
    "a program, with its arguments",
    lambda text: None if text.strip() else "names no program; write its name, then its arguments",
)
NOT_BLANK = Form(
    "text", lambda text: None if text.strip() else "is blank; write a name, or remove it"
)
LONG_DURATION = Form("a duration of two minutes or more, such as P1D or PT2H", _wrong_duration)
TAGS = Form("tags, such as team=orders,stage=live", _wrong_tags)
PATTERNS = Form("a pattern as JSON, a list of patterns, or FilterCriteria", _read_by(read_patterns))
PATHS = Form("attributes, such as status, customer.address.zip", _read_by(read_paths))
MASK_KEY = Form(f"a secret of {_SHORTEST_KEY} characters or more", _wrong_key)
SUBJECT = Form(f"1 to {_LONGEST_SUBJECT} characters", _wrong_subject)


def read_tags(text: str) -> Mapping[str, str]:
    """Return the values of tags by key, as KCL reads them."""
    pairs = (part.split("=") for part in text.split(","))
    return {key.strip(): value.strip() for key, value in pairs}


def table_of(stream_arn: str) -> str:
    """Return the name of the table that a stream belongs to."""
    match = re.fullmatch(_STREAM, stream_arn, re.ASCII)
    if match is None:
        raise ValueError(f"{stream_arn} is not a table's stream ARN")
    return match["table"]


def region_of(arn: str) -> str:
    """Return the region that an ARN names."""
    return arn.split(":")[3]


def account_of(arn: str) -> str:
    """Return the account that an ARN names."""
    return arn.split(":")[4]


def is_fifo(name: str) -> bool:
    """Tell whether an ARN or a URL names a FIFO topic or queue."""
    return name.endswith(".fifo")

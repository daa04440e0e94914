"""How names and addresses of AWS are written; nothing here needs more than Python."""

import re
from collections.abc import Callable, Mapping

_TOPIC_ARN = re.compile(r"arn:[\w-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?", re.ASCII)
_STREAM_ARN = re.compile(
    r"arn:[\w-]+:dynamodb:[a-z0-9-]+:\d{12}:table/(?P<table>[\w.-]+)/stream/.+", re.ASCII
)
_QUEUE_URL = re.compile(r"https?://[^/\s]+/(.+/)?[\w-]+(\.fifo)?")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_TABLE = re.compile(r"[\w.-]{3,255}", re.ASCII)
# The side tables' names, up to 20 characters longer, must be tables' names too.
_APPLICATION_NAME = re.compile(r"[\w.-]{3,230}", re.ASCII)
_LONGEST_SUBJECT = 99


def check_topic_arn(arn: str) -> str:
    """Return the ARN; raise ValueError when it isn't a topic's."""
    if not _TOPIC_ARN.fullmatch(arn):
        raise ValueError("is not a topic's ARN, such as arn:aws:sns:eu-west-1:123456789012:changes")
    return arn


def check_stream_arn(arn: str) -> str:
    """Return the ARN; raise ValueError when it isn't a DynamoDB stream's."""
    if not _STREAM_ARN.fullmatch(arn):
        raise ValueError(
            "is not a table's stream ARN, such as arn:aws:dynamodb:eu-west-1:123456789012:"
            "table/orders/stream/2026-01-31T12:00:00.000"
        )
    return arn


def table_of(stream_arn: str) -> str:
    """Return the name of the table that a stream belongs to."""
    match = _STREAM_ARN.fullmatch(stream_arn)
    if match is None:
        raise ValueError(f"{stream_arn} is not a table's stream ARN")
    return match["table"]


def check_table(name: str) -> str:
    """Return the name; raise ValueError when it can't be a table's."""
    if not _TABLE.fullmatch(name):
        raise ValueError("is not a table's name: 3 to 255 letters, digits, '_', '-' and '.'")
    return name


def check_subject(subject: str) -> str:
    """Return the Subject; raise ValueError when SNS would refuse it."""
    if not 1 <= len(subject) <= _LONGEST_SUBJECT:
        raise ValueError(f"has {len(subject)} characters; SNS takes 1 to {_LONGEST_SUBJECT}")
    if not subject.isprintable():
        raise ValueError("has line breaks or control characters, which SNS refuses")
    return subject


def check_queue_url(url: str) -> str:
    """Return the URL; raise ValueError when it isn't a queue's."""
    if not _QUEUE_URL.fullmatch(url):
        raise ValueError(
            "is not a queue's URL, such as https://sqs.eu-west-1.amazonaws.com/123456789012/letters"
        )
    return url


def check_bucket(name: str) -> str:
    """Return the name; raise ValueError when it can't be a bucket's."""
    if not _BUCKET.fullmatch(name):
        raise ValueError(
            "is not a bucket's name: 3 to 63 lower-case letters, digits, '.' and '-', without s3://"
        )
    return name


def check_application_name(name: str) -> str:
    """Return the name; raise ValueError when KCL's tables can't be called after it."""
    if not _APPLICATION_NAME.fullmatch(name):
        raise ValueError("is not a table's name: 3 to 230 letters, digits, '_', '-' and '.'")
    return name


def check_program(command: str) -> str:
    """Return the command; raise ValueError when it names no program."""
    if not command.split():
        raise ValueError("names no program; write its name, then its arguments")
    return command


def check_not_blank(text: str) -> str:
    """Return the text; raise ValueError when there is nothing in it."""
    if not text.strip():
        raise ValueError("is blank; write a name, or remove it")
    return text


_WORDS: Mapping[Callable[[str], str], str] = {
    check_application_name: "a table's name, up to 230 characters",
    check_bucket: "a bucket's name",
    check_not_blank: "text",
    check_program: "a program, with its arguments",
    check_queue_url: "a queue's URL",
    check_stream_arn: "a stream's ARN",
    check_subject: f"1 to {_LONGEST_SUBJECT} characters",
    check_table: "a table's name",
    check_topic_arn: "a topic's ARN",
}

FORMATS: Mapping[str, Callable[[str], str]] = {check.__name__: check for check in _WORDS}
"""Every check, by its name."""

FORMAT_WORDS: Mapping[str, str] = {check.__name__: words for check, words in _WORDS.items()}
"""What each check lets through, by the check's name."""

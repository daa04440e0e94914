"""What settings must be to one another, and what an unknown one may have been meant as."""

import difflib
from collections.abc import Iterable, Mapping

from consumer.settings.formats import table_of
from consumer.settings.names import bare

STREAM_KEYS = ("publisher.table", "publisher.streamArn", "streamName")
"""Keys of which one says what is read; the first one where nobody says otherwise."""
_ALIKE = 0.7


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a line about an unknown name: what it may be meant as.

    Prefixes are left out of the comparison: they would make any two names alike, and the right name
    behind the wrong one is found without.
    """
    lowered = {bare(candidate).lower(): candidate for candidate in known}
    near = difflib.get_close_matches(bare(name).lower(), lowered, n=1, cutoff=_ALIKE)
    return f"; did you mean {lowered[near[0]]}?" if near else "; remove it"


def mistakes_together(values: Mapping[str, str]) -> list[str]:
    """Return a line for each setting that others need or rule out."""
    return [*_no_stream(values), *_no_queue(values), *_no_letters(values)]


def other_table(named: str | None, stream_arn: str | None) -> list[str]:
    """Return a line where table and stream are both named and don't belong together."""
    if not named or not stream_arn or table_of(stream_arn) == named:
        return []
    return [f"publisher.table = {named!r}: is not the table of {stream_arn}; name one of the two"]


def _no_stream(values: Mapping[str, str]) -> list[str]:
    if any(values.get(key) for key in STREAM_KEYS):
        return []
    return ["publisher.table: is missing; name the table, in the file or as PUBLISHER_TABLE"]


def _no_queue(values: Mapping[str, str]) -> list[str]:
    kept = values.get("publisher.onPoison") == "dead-letter"
    if not kept or values.get("publisher.deadLetterQueueUrl"):
        return []
    return ["publisher.deadLetterQueueUrl: is missing; publisher.onPoison = dead-letter needs it"]


def _no_letters(values: Mapping[str, str]) -> list[str]:
    """Giving up is wanted, but there is nowhere to put what is given up."""
    if values.get("publisher.onPoison") == "dead-letter":
        return []
    limits = ("publisher.maxAttempts", "publisher.maxRecordAge")
    return [
        f"{key} = {values[key]!r}: needs publisher.onPoison = dead-letter, with a queue; "
        "set that, or 0 here"
        for key in limits
        if values.get(key, "").strip("0")
    ]

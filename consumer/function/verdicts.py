"""What filters make of each record of an event, for who tries them out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consumer.filtering.selection import Selection, Verdict
from consumer.publishing.errors import RecordError
from consumer.publishing.records import RawRecord, decode_record


@dataclass(frozen=True, slots=True)
class JudgedRecord:
    """A record, and what becomes of it.

    Attributes:
        sequence_number: Its sequence number.
        verdict: Whether it stays, and why.
    """

    sequence_number: str
    verdict: Verdict


def judge(selection: Selection, records: Sequence[RawRecord]) -> Iterator[JudgedRecord]:
    """Yield what becomes of each record; nothing where no setting filters."""
    if selection.is_all:
        return
    for raw in records:
        try:
            verdict = selection.verdict(decode_record(raw))
        except RecordError as error:
            # The core refuses it, or makes a dead letter of it: no filter knows what is in it.
            verdict = Verdict(stays=True, reason=f"it can't be read: {error.reason}")
        yield JudgedRecord(raw.sequence_number, verdict)

"""What came of a simulated event, for a person and for a program."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from rich.console import Group, RenderableType
from rich.highlighter import JSONHighlighter
from rich.text import Text

from consumer.function.verdicts import JudgedRecord
from consumer.publishing.envelope import Entry, entries_in
from consumer.publishing.events import EventKey
from consumer.publishing.messages import Message
from consumer.publishing.ports import Fact, Receipt
from consumer.terminal.change_text import changes_text, key_text
from consumer.terminal.plurals import counted

_FAILURES = frozenset({"record_refused", "event_cut_short", "event_failed"})
_LETTER = "record_dead_lettered"
_MARK = "\ue000"
_EVENT_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Notes:
    """A journal that keeps what was noted.

    Attributes:
        taken: Events with their facts, in order.
    """

    taken: list[tuple[EventKey, Mapping[str, Fact]]] = field(default_factory=list)

    def note(self, event: EventKey, **facts: Fact) -> None:
        """Keep an event."""
        self.taken.append((event, facts))


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of an event.

    Attributes:
        messages: Each message, with SNS's receipt or one that stands for it.
        notes: What the function noted.
        is_published: Whether messages were published, or only shown.
        answer: What Lambda is told; None where the invocation fails.
        raised: What the invocation fails with; None where it doesn't.
        judged: What filters make of each record; none without a filter.
    """

    messages: Sequence[tuple[Message, Receipt]]
    notes: Sequence[tuple[EventKey, Mapping[str, Fact]]]
    is_published: bool
    answer: Mapping[str, Any] | None = None
    raised: str | None = None
    judged: Sequence[JudgedRecord] = ()

    @property
    def failed(self) -> bool:
        """Whether Lambda hands something over again."""
        return self.answer is None or bool(self.answer["batchItemFailures"])

    def of(self, events: frozenset[str]) -> Iterator[Mapping[str, Fact]]:
        """Yield the facts of some events."""
        return (facts for event, facts in self.notes if event in events)


def to_json(simulated: Simulated, file: Mapping[str, str]) -> Iterator[str]:
    """Yield a JSON object for each message, dead letter and failure, and one for the answer.

    Where a setting filters, one for each record comes first.

    Args:
        simulated: What came of an event.
        file: What each object says of the event's file; empty where there is one file only.
    """
    for kind, document in _documents(simulated):
        yield orjson.dumps({"kind": kind, **file, **document}).decode()


def _documents(simulated: Simulated) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for record in simulated.judged:
        number = {"sequenceNumber": record.sequence_number}
        yield "record", number | asdict(record.verdict)
    for message, receipt in simulated.messages:
        published = {"messageId": receipt.message_id} if simulated.is_published else {}
        yield "message", _document(message) | published
    for facts in simulated.of(frozenset({_LETTER})):
        yield "dead-letter", facts
    for facts in simulated.of(_FAILURES):
        yield "failure", facts
    raised = {"raised": simulated.raised} if simulated.raised else {}
    yield "answer", simulated.answer or raised


def _document(message: Message) -> dict[str, Any]:
    return {
        "subject": message.subject,
        "attributes": message.attributes,
        "bytes": message.size,
        # As it is: numbers of plain images have more digits than a float.
        "body": orjson.Fragment(message.body),
    }


def render(simulated: Simulated, *, verbose: bool, width: int | None) -> RenderableType:
    """Return everything for a person.

    Args:
        simulated: What came of an event.
        verbose: Whether to show each message whole; else a line for each of its changes.
        width: The most characters of a change's line; None for all.
    """
    shown: list[RenderableType] = [_judged(record) for record in simulated.judged]
    shown += [""] if shown else []
    for number, (message, receipt) in enumerate(simulated.messages, start=1):
        # A pointer is of one change.
        changes = counted(len(_entries(message)) or 1, "change")
        head = f"Message {number}: {changes}, {message.size:,} bytes"
        shown.append(Text(head + _receipt(simulated, receipt), style="bold"))
        if verbose:
            shown += [_attributes(message), JSONHighlighter()(Text(_indented(message.body))), ""]
        else:
            shown += _changes(message, width)
    shown += [
        Text(f"Dead letter: record {facts['sequenceNumber']}: {facts['error']}", style="yellow")
        for facts in simulated.of(frozenset({_LETTER}))
    ]
    shown += [
        Text(f"Not published from record {facts['sequenceNumber']} on: {facts['error']}", "red")
        for facts in simulated.of(_FAILURES)
    ]
    return Group(*shown, _told(simulated))


def _judged(record: JudgedRecord) -> Text:
    verdict = record.verdict
    word, style = ("stays", "green") if verdict.stays else ("goes", "yellow")
    return Text(f"Record {record.sequence_number} {word}: {verdict.reason}", style)


def _changes(message: Message, width: int | None) -> Iterator[Text]:
    """Yield a line for each change: event, key, what has changed."""
    pointer = {"eventName": "pointer", "newImage": {"to": message.body}}
    for entry in _entries(message) or [pointer]:
        parts = (f"{entry['eventName']:<{_EVENT_WIDTH}}", key_text(entry), changes_text(entry))
        line = Text(f"  {'  '.join(part for part in parts if part)}")
        if width is not None:
            line.truncate(width, overflow="ellipsis")
        yield line


def _receipt(simulated: Simulated, receipt: Receipt) -> str:
    return f", published as {receipt.message_id}" if simulated.is_published else ""


def _attributes(message: Message) -> Text:
    told = {"Subject": message.subject, **message.attributes}
    width = max(map(len, told))
    return Text("\n").join(
        Text(f"  {name:<{width}}  {value if isinstance(value, str) else json.dumps(value)}")
        for name, value in told.items()
    )


def _told(simulated: Simulated) -> Text:
    if simulated.raised:
        return Text(f"The invocation fails, so that Lambda splits the event: {simulated.raised}")
    return Text(f"Lambda is told: {json.dumps(simulated.answer)}")


def _indented(body: str) -> str:
    """JSON on lines of its own, with every number as it is written."""
    parsed = json.loads(body, parse_float=lambda digits: f"{_MARK}{digits}{_MARK}")
    text = json.dumps(parsed, indent=2, ensure_ascii=False)
    return text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")


def _entries(message: Message) -> Sequence[Entry]:
    """The entries of a message in any form, with every number as it is written."""
    return entries_in(message.body, read_fraction=str)

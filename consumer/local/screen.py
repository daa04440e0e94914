"""What `listen` prints of a message: a line for each change, or JSON."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from consumer.local.subscription import Received
from consumer.terminal.change_text import changes_text, delay_text, key_text
from consumer.terminal.output import Console, say_json

_EVENT_WIDTH = 8
_DELAY_WIDTH = 7
_STYLES = {"INSERT": "green", "MODIFY": "yellow", "REMOVE": "red"}


def print_json(received: Received) -> None:
    """Print a message as one JSON object."""
    document = {
        "messageId": received.message_id,
        "subject": received.subject,
        "sentAt": received.sent_at.isoformat(),
        "attributes": received.attributes,
        "entries": received.entries,
        **({} if received.entries else {"body": received.body}),
        **({"mistake": received.mistake} if received.mistake else {}),
    }
    say_json(document)


def print_changes(received: Received) -> None:
    """Print a line for each change: time, delay, event, key, what has changed.

    A terminal gets as much of it as fits on its line, a pipe all of it.
    """
    console = Console(highlight=False)
    if not received.entries:
        _print_foreign(console, received)
    for entry in received.entries:
        line = _line(received, entry)
        if console.is_terminal:
            line.truncate(console.width, overflow="ellipsis")
        console.print(line, soft_wrap=True)


def _line(received: Received, entry: Mapping[str, Any]) -> Text:
    event = str(entry["eventName"])
    delay = delay_text(entry, received.sent_at.timestamp())
    parts = [
        (f"{received.sent_at:%H:%M:%SZ}", "bold"),
        *([(f"{delay:>{_DELAY_WIDTH}}", "dim")] if delay else []),
        (f"{event:<{_EVENT_WIDTH}}", _STYLES.get(event, "")),
        *([(key, "bold")] if (key := key_text(entry)) else []),
        (changes_text(entry), ""),
    ]
    return Text("  ").join(Text(text, style=style) for text, style in parts)


def _print_foreign(console: Console, received: Received) -> None:
    """Somebody else's message, or a pointer that can't be followed, as it is."""
    why = received.mistake or "not a batch"
    text = (f"  {why}: {received.body}  ", ""), (received.message_id, "dim")
    console.print(Text.assemble((f"{received.sent_at:%H:%M:%SZ}", "bold"), *text), soft_wrap=True)

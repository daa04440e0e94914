"""How `stream-publisher dead-letters show` shows one dead letter."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from consumer.dead_letters.images import Attribute, attributes_of, keys_of, keys_text
from consumer.terminal.blocks import print_block
from consumer.terminal.output import Console, say

_SHOWN = {
    "reason": "what is wrong",
    "time": "time",
    "table": "table",
    "shardId": "shard",
    "sequenceNumber": "sequence number",
    "workerId": "worker",
}


def show(console: Console, dead_letter_id: str, text: str, *, as_json: bool) -> None:
    """Print a dead letter: on a terminal with both images side by side, elsewhere as JSON.

    Args:
        console: Where.
        dead_letter_id: Its id.
        text: The dead letter as the queue has it, with its record where that could be had.
        as_json: Whether to print JSON on a terminal, too.
    """
    try:
        document = json.loads(text)
    except ValueError:
        say(text)
        return
    attributes = attributes_of(text)
    if as_json or not console.is_terminal or not attributes:
        say(json.dumps(document, indent=2, ensure_ascii=False))
        return
    print_block(console, dead_letter_id, _facts(document, text))
    console.print(_side_by_side(attributes))


def _facts(document: Mapping[str, Any], text: str) -> Mapping[str, str]:
    change = document["record"]["json"]
    facts = {shown: str(document.get(name, "")).strip() for name, shown in _SHOWN.items()}
    return {"event": str(change.get("eventName")), "key": keys_text(keys_of(text)), **facts}


def _side_by_side(attributes: Sequence[Attribute]) -> Table:
    """A row for each attribute; one that has changed is marked by a star, too."""
    columns = [Column(name, overflow="fold") for name in ("attribute", "old", "new")]
    table = Table(*columns)
    for each in attributes:
        changed = each.old != each.new
        cells = (f"* {each.name}" if changed else f"  {each.name}", each.old, each.new)
        table.add_row(*(Text(cell) for cell in cells), style="bold" if changed else "dim")
    return table

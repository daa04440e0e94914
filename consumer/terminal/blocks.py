"""Things with long names and facts, one below the other: a table would cut them."""

import textwrap
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

_INDENT = 4


def print_block(console: Console, name: str, facts: Mapping[str, str], text: str = "") -> None:
    """Print a thing: its name, a line for each fact, a paragraph.

    Name and facts are printed as they are, however wide the terminal is, so that they can be
    copied; only the paragraph is broken into lines, between words.

    Args:
        console: Where to.
        name: What the thing is called.
        facts: What is known of it, by what it is.
        text: The paragraph.
    """
    console.print(Text(name, style="bold"), soft_wrap=True)
    width = max(map(len, facts), default=0)
    for what, fact in facts.items():
        head = f"{' ' * _INDENT}{what:<{width}}  "
        console.print(Text.assemble((head, "dim"), fact), soft_wrap=True)
    if text:
        lines = textwrap.wrap(text, console.width - _INDENT, break_long_words=False)
        console.print(Text(textwrap.indent("\n".join(lines), " " * _INDENT)), soft_wrap=True)
    console.print()

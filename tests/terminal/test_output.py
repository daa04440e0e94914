"""What commands print is safe for a terminal."""

from io import StringIO

import pytest
from rich.table import Table

from consumer.telemetry.visible import visible
from consumer.terminal.output import Console


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ção 日本 \u00a0", "plain ção 日本 \u00a0"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\r\x08\x7f\x9b31m", r"\r\x08\x7f\x9b31m"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("\u200b\u2028\ufeff", r"\u200b\u2028\ufeff"),
    ],
)
def test_control_characters_are_visible(text: str, shown: str) -> None:
    """All that a terminal obeys, or that hides or turns text; nothing else."""
    assert visible(text) == shown
    assert visible(shown) == shown


def test_a_console_prints_them_visibly_in_tables_too() -> None:
    """While its own colours reach the terminal."""
    written = StringIO()
    console = Console(file=written, force_terminal=True, width=80, color_system="standard")
    table = Table("a\x1b[2Jb")
    table.add_row("[red]c\x1b]52;c;x\x07d[/red]")
    console.print(table)

    assert r"a\x1b[2Jb" in written.getvalue()
    assert r"c\x1b]52;c;x\x07d" in written.getvalue()
    assert "\x1b[31m" in written.getvalue()

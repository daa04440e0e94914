"""What is left on a terminal of all that was written to it."""

import re

_PIECES = re.compile(
    r"\x1b\[(?P<fields>[?\d;]*)(?P<code>[A-Za-z])|(?P<text>[^\x1b\r\n]+|.)", re.DOTALL
)


class Screen:
    """A terminal of endless height: lines, and a cursor. Colours are ignored."""

    def __init__(self) -> None:
        self._lines = [""]
        self._row = self._column = 0

    def write(self, written: str) -> None:
        """Show what a program writes."""
        for piece in _PIECES.finditer(written):
            if piece["text"]:
                self._show(piece["text"])
            else:
                self._obey(piece["code"], piece["fields"])

    def text(self) -> str:
        """What can be read on it."""
        return "\n".join(line.rstrip() for line in self._lines).rstrip("\n")

    def _show(self, text: str) -> None:
        if text == "\r":
            self._column = 0
        elif text == "\n":
            self._row, self._column = self._row + 1, 0
            self._lines += [""] * (self._row + 1 - len(self._lines))
        else:
            line, column = self._lines[self._row].ljust(self._column), self._column
            self._column += len(text)
            self._lines[self._row] = line[:column] + text + line[self._column :]

    def _obey(self, code: str, fields: str) -> None:
        """Obey what rich uses: cursor up, erase the line, erase the screen, home."""
        if code == "A":
            self._row = max(0, self._row - int(fields or 1))
        elif code == "K":
            self._lines[self._row] = "" if fields == "2" else self._lines[self._row][: self._column]
        elif code == "J":
            self._lines, self._row, self._column = [""], 0, 0
        elif code == "H":
            self._row = self._column = 0

"""What a command waits for, told on standard error while it lasts."""

import threading
from typing import Self

from rich.markup import escape
from rich.status import Status

from consumer.terminal.output import Console, say_error

_SILENT_SECONDS = 2.0


class Activity:
    """Tells what is going on until the end of the `with`.

    A terminal shows it at once, beside a spinner, and removes it at the end. A pipe, a file and a
    terminal with TERM=dumb get one line, if it lasts longer than two seconds.

    Args:
        text: What is going on.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        console = Console(
            stderr=True, soft_wrap=True
        )  # lines that are printed meanwhile stay whole
        self._status = Status(escape(text), console=console) if console.draws else None
        self._timer = threading.Timer(_SILENT_SECONDS, self._say)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        else:
            self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        if self._status:
            self._status.stop()

    def tell(self, text: str) -> None:
        """Tell how far it has come. Any thread may call it."""
        self._text = text
        if self._status:
            self._status.update(escape(text))

    def _say(self) -> None:
        say_error(f"{self._text} …")

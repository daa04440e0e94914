"""A page of docs/transcripts: what commands print on a terminal, in a pipe and with TERM=dumb."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.transcripts.calls import call
from tests.transcripts.steady import Replacements, steady

_ENVIRON = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "COLUMNS": "80",
    "LINES": "24",
}


@dataclass(frozen=True, slots=True)
class View:
    """A way to look at a command.

    Attributes:
        title: Its heading on the page.
        is_terminal: Whether a terminal shows the output.
        term: The variable TERM.
    """

    title: str
    is_terminal: bool
    term: str


VIEWS = (
    View("On a terminal of 80 columns", is_terminal=True, term="xterm-256color"),
    View("In a pipe", is_terminal=False, term="xterm-256color"),
    View("With TERM=dumb", is_terminal=True, term="dumb"),
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a transcript.

    Attributes:
        line: As it is typed, `stream-publisher` first.
        typed: What is typed after it, with line ends.
        before: Called before it; changes what the command finds.
    """

    line: str
    typed: str = ""
    before: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class Stage:
    """Where commands are called.

    Attributes:
        environ: Their environment, beside credentials and the terminal's variables.
        commands: What is called, one after the other.
    """

    environ: Mapping[str, str]
    commands: Sequence[Command]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A page.

    Attributes:
        name: The file's name, without its ending; the page's heading.
        about: A sentence on what was set up.
        stage: Sets everything up anew for each view.
        replacements: What else differs from run to run.
    """

    name: str
    about: str
    stage: Callable[[], AbstractContextManager[Stage]]
    replacements: Replacements = field(default=())

    def page(self) -> str:
        """Return the page, in Markdown."""
        made = "<!-- Written by `python -m tests.transcripts`; a test compares it. -->"
        head = f"{made}\n# {self.name}\n\n{self.about}\n"
        return "\n".join([head, *(self._section(view) for view in VIEWS)])

    def _section(self, view: View) -> str:
        with self.stage() as stage:
            environ = {**_ENVIRON, "TERM": view.term, **stage.environ}
            shown = [_shown(command, environ, view) for command in stage.commands]
        text = steady("\n\n".join(shown), self.replacements)
        return f"## {view.title}\n\n```text\n{text}\n```\n"


def _shown(command: Command, environ: Mapping[str, str], view: View) -> str:
    command.before()
    printed = call(command.line, environ, command.typed, is_terminal=view.is_terminal)
    return f"$ {command.line}\n{printed}".rstrip("\n")

"""What a command prints: one way for all; nothing from outside reaches the terminal raw."""

import json
from collections.abc import Iterable
from typing import Any

import click
from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from consumer.telemetry.visible import visible


def say(text: str = "") -> None:
    """Print a line on standard output."""
    click.echo(visible(text))


def say_error(text: str = "") -> None:
    """Print a line on standard error."""
    click.echo(visible(text), err=True)


def say_json(document: object, indent: int | None = None) -> None:
    """Print a JSON document on standard output, in ASCII."""
    click.echo(json.dumps(document, indent=indent))


class Console(RichConsole):
    """A console that writes control characters of what it prints as escapes."""

    @property
    def draws(self) -> bool:
        """Whether it is a terminal that can do more than print lines."""
        return self.is_terminal and not self.is_dumb_terminal

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - rich's own
        """Return a text with its markup read."""
        return super().render_str(visible(text), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Return the segments of something; those that control the terminal are rich's own."""
        if isinstance(renderable, Text) and renderable.plain != visible(renderable.plain):
            # Without the styles of its parts, whose places have moved.
            renderable = Text(visible(renderable.plain), style=renderable.style)
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(visible(segment.text), segment.style)

"""Whether a person is at the other end of a standard stream."""

from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; one that was closed when Python started is None."""
    return stream is not None and stream.isatty()

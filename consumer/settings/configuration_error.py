"""Every mistake of a configuration at once."""

from collections.abc import Sequence


class ConfigurationError(Exception):
    """The configuration can't be used.

    Args:
        mistakes: One line each: the thing, what is wrong with it, what to do.
    """

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)

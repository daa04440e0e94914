"""The option with which every command of a worker's is told the worker's settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def properties_option(text: str) -> Callable[[Any], Any]:
    """Return the decorator that gives a command `properties`, a Path or None.

    Args:
        text: What its help says.
    """
    path = click.Path(path_type=Path)
    return click.option("--properties", "-p", type=path, help=text)

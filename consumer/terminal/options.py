"""Options that commands share: one that all commands of a worker get is added here alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_Declared = Callable[..., Any]


def worker_options(function: _Declared) -> _Declared:
    """Decorate a command that concerns a worker: it gets `properties`, a Path or None."""
    text = "The worker's properties file. Without it, the environment is all."
    path = click.Path(path_type=Path)
    return click.option("--properties", "-p", type=path, help=text)(function)


def json_option(text: str) -> Callable[[_Declared], _Declared]:
    """Return the decorator that gives a command `as_json`, a bool.

    Args:
        text: What its help says of the JSON that is printed.
    """
    return click.option("--json", "as_json", is_flag=True, help=text)

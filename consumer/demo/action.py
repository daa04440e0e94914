"""What `demo` does: the main job on this machine, with no account."""

import sys

from consumer.demo.screen import Screen
from consumer.demo.show import DemoError, Show, perform
from consumer.sandbox.server import SandboxError
from consumer.terminal import exits
from consumer.terminal.interrupts import deferred
from consumer.terminal.output import Console, say_error, say_json


def show_demo(changes: int, *, as_json: bool, keep: bool) -> None:
    """Give the demo; end with status 1 where a change was lost."""
    started = _started()
    screen = Screen(Console(stderr=as_json))
    try:
        with deferred() as stop:
            outcome, faithful = perform(Show(changes, started, keep=keep), screen, stop)
    except (DemoError, SandboxError) as error:
        say_error(str(error))
        sys.exit(exits.FAILED)
    if as_json:
        say_json(outcome.to_json())
    sys.exit(0 if faithful else exits.FAILED)


def _started() -> float:
    """When the command was given: the shell script that set everything up has become us."""
    try:
        import psutil  # noqa: PLC0415 - where a worker runs, the servers' packages are missing
    except ModuleNotFoundError:
        say_error(
            "the demo's servers are not installed; run scripts/demo in a checkout, or install "
            "dynamodb-stream-publisher[sandbox]"
        )
        sys.exit(exits.USAGE)
    return psutil.Process().create_time()

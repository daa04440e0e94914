"""Waiting for a worker to tell that something has happened."""

import time

import click

from consumer.demo.daemon import Daemon


def wait_for_event(worker: Daemon, event: str, seconds: float) -> None:
    """Wait until a worker has logged an event since its log was last read.

    Args:
        worker: The worker.
        event: Its name in the log.
        seconds: How long to wait at most.

    Raises:
        ClickException: It takes longer, or the worker has ended.
    """
    deadline = time.monotonic() + seconds
    while not any(line["event"] == event for line in worker.new_lines()):
        if time.monotonic() > deadline or worker.process.status is not None:
            raise click.ClickException("\n".join([f"no {event}", *worker.errors()]))
        time.sleep(0.02)

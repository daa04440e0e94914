"""The processes of a worker."""

from collections.abc import Sequence

import psutil

from consumer.demo.daemon import Daemon


def record_processors(daemon: Daemon) -> Sequence[psutil.Process]:
    """The record processors of a daemon: what its fork server has forked."""
    return [child for server in fork_servers(daemon) for child in server.children()]


def fork_servers(daemon: Daemon) -> Sequence[psutil.Process]:
    """The daemon's fork server, once it is there."""
    children = psutil.Process(daemon.process.pid).children()
    return [child for child in children if "consumer.worker.fork_server" in child.cmdline()]

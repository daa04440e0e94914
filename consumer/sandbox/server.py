"""Servers on free ports of this machine."""

import contextlib
import os
import secrets
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from consumer.sandbox.process import ManagedProcess

HOST = "127.0.0.1"
_ATTEMPTS = 3
_READY_SECONDS = 60.0
_POLL_SECONDS = 0.05
_PORTS = range(20_000, 32_000)


class SandboxError(Exception):
    """A server could not be started; says what to do."""


class Server(ABC):
    """A server process that is ready once it answers.

    Args:
        folder: Where its log goes, and whatever else it writes.
    """

    name: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / f"{self.name}.log"
        self._attempts = 0
        self._start()

    @abstractmethod
    def command(self, port: int) -> Sequence[str]:
        """The command line that serves on a port."""

    def environment(self) -> Mapping[str, str]:
        """The environment of its process."""
        return os.environ

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Return once it answers.

        Raises:
            SandboxError: It ended, again and again, or never answered.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while not self._answers() or self._process.status is not None:
            if self._process.status is not None:
                self._start_again()
            if time.monotonic() > deadline:
                raise SandboxError(f"{self.name} doesn't answer:\n{self._process.tail()}")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End it."""
        self._process.stop()

    def _start(self) -> None:
        self._attempts += 1
        self.port = free_port()
        self._process = ManagedProcess(self.command(self.port), self._log, self.environment())

    def _start_again(self) -> None:
        """Between our finding a free port and the server's taking it, another may have taken it."""
        if self._attempts == _ATTEMPTS:
            raise SandboxError(f"{self.name} ended at once:\n{self._process.tail()}")
        self._start()

    def _answers(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=1)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except (OSError, HTTPException):
            return False
        else:
            return True
        finally:
            connection.close()


def free_port() -> int:
    """Return a port that nobody serves.

    Below those that a system gives to connections: one of these may be another's by the time, and
    that other would answer in the server's place.
    """
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return port

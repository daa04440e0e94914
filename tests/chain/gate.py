"""A door in front of SNS: open it passes requests on, shut it holds publishes until they drop."""

import threading
from typing import Self

from consumer.sandbox.proxy import DroppedError, Proxy, Request


class Gate:
    """A proxy that can hold publishes.

    Args:
        target: The URL behind the door.
    """

    def __init__(self, target: str) -> None:
        self._open = threading.Event()
        self._open.set()
        self.holding = threading.Event()
        self._proxy = Proxy(target, self._hold)
        self.url = self._proxy.url

    def shut(self) -> None:
        """Hold every publish from now on."""
        self.holding.clear()
        self._open.clear()

    def open(self) -> None:
        """Drop what is held, answering nothing, and pass on what comes."""
        self._open.set()

    def __enter__(self) -> Self:
        self._proxy.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.set()
        self._proxy.__exit__()

    def _hold(self, request: Request) -> None:
        if b"Action=Publish" not in request.body or self._open.is_set():
            return
        self.holding.set()
        self._open.wait()
        raise DroppedError

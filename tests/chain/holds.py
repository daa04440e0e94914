"""Hooks of a Proxy that hold requests of a backfill, so that it stands where a test needs it."""

import threading

from consumer.sandbox.proxy import DroppedError, Request


class Pages:
    """Lets so many pages of a scan be read, and further ones as it is told.

    A scan's first page is always read, but for one that goes on after an item.

    Args:
        at_once: How many pages, the first included.
    """

    def __init__(self, at_once: int) -> None:
        self._left = threading.Semaphore(at_once - 1)

    def let(self, pages: int) -> None:
        """Let so many more be read, those that are held first."""
        self._left.release(pages)

    def __call__(self, request: Request) -> None:
        """Wait, where it is a later page."""
        if request.operation == "Scan" and b"ExclusiveStartKey" in request.body:
            self._left.acquire()


class Saves:
    """Lets a backfill keep how far it has come, until it is told not to any more.

    Attributes:
        holding: Set once a save is held: what is kept stays as it is from then on.
    """

    def __init__(self) -> None:
        self.holding = threading.Event()
        self._is_held, self._drop = threading.Event(), threading.Event()

    def hold(self) -> None:
        """Hold the next save."""
        self._is_held.set()

    def drop(self) -> None:
        """Close the connections of those that are held; nothing of them is kept."""
        self._drop.set()

    def __call__(self, request: Request) -> None:
        """Wait, where it is a save that may not be made."""
        if request.operation == "PutItem" and self._is_held.is_set():
            self.holding.set()
            self._drop.wait()
            raise DroppedError

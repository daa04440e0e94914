"""A topic that takes some messages and then none, until a test has done what it needs to."""

import threading

from consumer.sandbox.proxy import Request, Response


class Outage:
    """Answers publishes in SNS's stead, for the `instead` of a Proxy: unavailable, after so many.

    Each answer is a sign of life of whoever asks; nobody who waits for one hangs.

    Args:
        after: How many requests to publish pass first.
    """

    def __init__(self, after: int) -> None:
        self._passing = threading.Semaphore(after)
        self._is_over = threading.Event()

    def end(self) -> None:
        """Let everything pass from now on."""
        self._is_over.set()

    def __call__(self, request: Request) -> Response | None:
        """Answer a publish that may not pass."""
        if b"Action=Publish" not in request.body or self._is_over.is_set():
            return None
        return None if self._passing.acquire(blocking=False) else Response(503, b"")

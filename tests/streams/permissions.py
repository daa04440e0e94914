"""What the reader's role may do, which a test changes while the reader runs."""

import threading
from collections import Counter

from consumer.sandbox.proxy import Request, Response
from tests.streams.errors import service_error

_ROLE = "arn:aws:sts::000000000000:assumed-role/worker/i-0"


class Permissions:
    """Refuses operations, for the `fault` of a StreamsEndpoint or the `instead` of a Proxy.

    Attributes:
        asked: How many requests came, by operation.
        refused: How many of them were refused.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._denied: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def deny(self, *operations: str) -> None:
        """Refuse these operations, and no others, from now on."""
        self._denied = frozenset(operations)

    def allow_all(self) -> None:
        """Refuse nothing from now on."""
        self.deny()

    def __call__(self, request: Request) -> Response | None:
        """Refuse a request, or let it be."""
        is_denied = request.operation in self._denied
        with self._lock:
            self.asked[request.operation] += 1
            self.refused[request.operation] += is_denied
        return _refusal(request.operation) if is_denied else None


def _refusal(operation: str) -> Response:
    action = f"dynamodb:{operation}"
    message = (
        f"User: {_ROLE} is not authorized to perform: {action} because no identity-based policy "
        f"allows the {action} action"
    )
    return service_error("AccessDeniedException", message).to_answer()

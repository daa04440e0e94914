"""What can go wrong with a request, as a StreamsEndpoint's `fault`; most serve as a Proxy's too."""

import random
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence

from consumer.sandbox.proxy import DroppedError, Request, Response
from tests.streams.errors import not_found, service_error

Fault = Callable[[Request], Response | None]


def none(_request: Request) -> Response | None:
    """Nothing goes wrong."""
    return None


def throttled(_request: Request) -> Response:
    """Too many requests, as for a table."""
    return service_error("ProvisionedThroughputExceededException", "Too many requests").to_answer()


def limited(_request: Request) -> Response:
    """Too many readers of a shard."""
    return service_error("LimitExceededException", "Too many operations at a time").to_answer()


def throttled_by_front(_request: Request) -> Response:
    """Too many requests, as said before the service sees them."""
    return service_error("ThrottlingException", "Rate exceeded").to_answer()


def internal_error(_request: Request) -> Response:
    """The service's own failure."""
    return service_error("InternalServerError", "Internal server error", 500).to_answer()


def unavailable(_request: Request) -> Response:
    """No service behind the door, and no JSON either."""
    return Response(503, b"<html><body><b>Http/1.1 Service Unavailable</b></body></html>")


def gone(_request: Request) -> Response:
    """No such stream or shard, as a node says that hasn't heard of it yet."""
    return not_found("Requested resource not found").to_answer()


def denied(_request: Request) -> Response:
    """The caller's role doesn't allow it."""
    return service_error("AccessDeniedException", "User is not authorized").to_answer()


def dropped(_request: Request) -> Response:
    """The connection is closed without an answer."""
    raise DroppedError


def slow(seconds: float) -> Fault:
    """The answer comes, but so many seconds late."""

    def late(_request: Request) -> Response | None:
        time.sleep(seconds)
        return None

    return late


def only(operation: str, fault: Fault) -> Fault:
    """A fault of one operation."""

    def chosen(request: Request) -> Response | None:
        return fault(request) if request.operation == operation else None

    return chosen


class Script:
    """Faults for operations, each so many times, in the order in which they were planned.

    Attributes:
        done: How many times each fault was met, by operation and the fault's name.
    """

    def __init__(self) -> None:
        self.done: Counter[tuple[str, str]] = Counter()
        self._planned: dict[str, deque[Fault]] = defaultdict(deque)
        self._lock = threading.Lock()

    def plan(self, operation: str, fault: Fault, times: int = 1) -> None:
        """Let the next requests for an operation, after those planned before, meet a fault."""
        with self._lock:
            self._planned[operation].extend([fault] * times)

    @property
    def is_over(self) -> bool:
        """Whether every planned fault was met."""
        with self._lock:
            return not any(self._planned.values())

    def __call__(self, request: Request) -> Response | None:
        """Meet the next fault."""
        with self._lock:
            planned = self._planned[request.operation]
            fault = planned.popleft() if planned else none
            if fault is not none:
                self.done[request.operation, fault.__name__] += 1
        return fault(request)


def sometimes(share: float, faults: Sequence[Fault], seed: int) -> Fault:
    """Let this share of all requests, 0 to 1, meet one of the faults."""
    choices = random.Random(seed)  # noqa: S311 - the same every time is what is wanted

    def choose(request: Request) -> Response | None:
        fault = choices.choice(faults) if choices.random() < share else none
        return fault(request)

    return choose

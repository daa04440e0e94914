"""What is wrong with a service now, for the `fault` of a StreamsEndpoint or a Proxy's hooks."""

import random
import threading
from collections.abc import Callable, Mapping

from consumer.sandbox.proxy import DroppedError, Request, Response
from tests.chain.partly import is_batch, say_failed
from tests.streams import faults
from tests.streams.errors import service_error
from tests.streams.faults import Fault

_SHARE = 0.7
_SHARE_OF_MESSAGES = 0.3


class Weather:
    """Lets most requests meet one of the faults that are on.

    Args:
        seed: Which requests, as far as their order is the same.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same every time is what is wanted
        self._on: dict[str, Fault] = {}
        self._loses_answers = self._fails_partly = False
        self._lock = threading.Lock()

    def begin(self, name: str, fault: Fault) -> Callable[[], object]:
        """Let a fault begin; return what ends it."""
        with self._lock:
            self._on[name] = fault
        return lambda: self._end(name)

    def lose_answers(self) -> Callable[[], object]:
        """Let the service do what it is asked for and not say so; return what ends it."""
        self._loses_answers = True
        return self._answer_again

    def fail_partly(self) -> Callable[[], object]:
        """Let some messages of each PublishBatch fail and others not; return what ends it."""
        self._fails_partly = True
        return self._succeed_again

    def instead(self, request: Request) -> Response | None:
        """Answer in the service's place, or not."""
        with self._lock:
            fault = self._chance.choice(list(self._on.values())) if self._on else faults.none
            spared = self._chance.random() > _SHARE
        return None if spared else fault(request)

    def change(self, request: Request, body: bytes) -> bytes:
        """Let an answer pass, lose it, or say of some messages in it that they failed."""
        if self._loses_answers:
            raise DroppedError
        if self._fails_partly and is_batch(request):
            with self._lock:
                return say_failed(body, _SHARE_OF_MESSAGES, self._chance)
        return body

    def _end(self, name: str) -> None:
        with self._lock:
            self._on.pop(name, None)

    def _answer_again(self) -> None:
        self._loses_answers = False

    def _succeed_again(self) -> None:
        self._fails_partly = False


def topic_throttled(_request: Request) -> Response:
    """What SNS says when it is asked too often."""
    return _sns_error("Throttling", 400)


def topic_failing(_request: Request) -> Response:
    """SNS's own failure."""
    return _sns_error("InternalError", 500)


def topic_denied(_request: Request) -> Response:
    """What SNS says to whoever may not publish."""
    return _sns_error("AuthorizationError", 403)


def conflicting(_request: Request) -> Response:
    """Somebody else has written the row."""
    error = service_error("ConditionalCheckFailedException", "The conditional request failed")
    return error.to_answer()


def _sns_error(code: str, status: int) -> Response:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>so it is</Message></Error>"
    return Response(status, f"<ErrorResponse>{error}</ErrorResponse>".encode())


STREAM: Mapping[str, Fault] = {
    "stream_throttled": faults.throttled,
    "stream_failing": faults.internal_error,
    "stream_dropping": faults.dropped,
    "stream_slow": faults.slow(1.0),
    "stream_denied": faults.denied,
}
TOPIC: Mapping[str, Fault] = {
    "topic_throttled": topic_throttled,
    "topic_failing": topic_failing,
    "topic_dropping": faults.dropped,
    "topic_slow": faults.slow(1.0),
    "topic_denied": topic_denied,
}
LEASES: Mapping[str, Fault] = {
    "leases_throttled": faults.throttled,
    "leases_failing": faults.internal_error,
    "leases_conflicting": faults.only("UpdateItem", conflicting),
    "leases_denied": faults.denied,
}

"""A stand-in for SNS in a process of its own: fast, with an answer after as long as it is told.

Started by `Helper("topic", …)`. It keeps every publish as it came and decodes it when it is asked
what arrived, after the measurement.
"""

import json
import socketserver
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.helper import serve
from benchmarks.sns_answers import action, answer, count_records, entry_ids, messages
from consumer.sandbox.server import HOST
from tests.streams.items import identify


@dataclass
class Call:
    """A publish.

    Attributes:
        form: Its body.
        answered: When it was answered, in seconds since 1970; 0 while it is not.
    """

    form: bytes
    answered: float = 0.0


class Topic:
    """Takes publishes, from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: list[Call] = []
        self._delay = self._first = self._last = 0.0
        self._records = self._requests = self._serial = 0
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def place(self) -> str:
        """The URL."""
        return f"http://{HOST}:{self._server.server_address[1]}"

    def begin(self, millis: int) -> None:
        """Forget what came, and take so long for each call from now on."""
        with self._changed:
            self._calls, self._records, self._requests = [], 0, 0
            self._first = self._last = 0.0
            self._delay = millis / 1000

    def wait_for(self, records: int, seconds: float) -> Mapping[str, float]:
        """Wait until so many records are published, or for so long; return the figures."""
        with self._changed:
            self._changed.wait_for(lambda: self._records >= records, seconds)
            return self._figures()

    def figures(self) -> Mapping[str, float]:
        """Publishes, their messages and records, all requests, and seconds from first to last."""
        with self._changed:
            return self._figures()

    def arrived(self) -> Sequence[tuple[str, int, float]]:
        """Item and version of every published change in their order, and when SNS answered."""
        return [
            (*identify(entry), call.answered)
            for call in self._calls
            for body in messages(call.form)
            for entry in json.loads(body)
        ]

    def take(self, form: bytes) -> bytes:
        """Take a call; return its answer."""
        with self._changed:
            self._requests += 1
        if not action(form).startswith("Publish"):
            return answer(form, 0)
        with self._changed:
            self._first = self._first or time.monotonic()
            self._serial += 1
            serial, call = self._serial, Call(form)
            self._calls.append(call)
        if self._delay:
            time.sleep(self._delay)
        with self._changed:
            call.answered, self._last = time.time(), time.monotonic()
            self._records += count_records(form)
            self._changed.notify_all()
        return answer(form, serial)

    def _figures(self) -> Mapping[str, float]:
        return {
            "calls": len(self._calls),
            "messages": sum(len(entry_ids(call.form)) or 1 for call in self._calls),
            "records": self._records,
            "requests": self._requests,
            "seconds": self._last - self._first,
        }


class _Server(socketserver.ThreadingTCPServer):
    """A thread for each connection, which clients keep."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        super().__init__((HOST, 0), _Handler)


class _Handler(socketserver.StreamRequestHandler):
    """As little of HTTP as the two SDKs need: the library's costs more than the answer."""

    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        while self.rfile.readline():
            body = self.server.topic.take(self.rfile.read(self._length()))
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}"
            self.wfile.write(b"%b\r\n\r\n%b" % (head.encode(), body))

    def _length(self) -> int:
        length = 0
        while (line := self.rfile.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return length


if __name__ == "__main__":
    serve(int(sys.argv[1]), Topic())

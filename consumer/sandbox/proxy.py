"""A proxy in front of a server: tests and benchmarks see, hold or answer its requests."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

from consumer.sandbox.server import HOST


@dataclass(frozen=True, slots=True)
class Request:
    """A request on its way to the server.

    Attributes:
        operation: What JSON services are asked for, such as `UpdateItem`; empty for others.
        body: Its body.
    """

    operation: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered to a request.

    Attributes:
        status: The HTTP status.
        body: The body.
    """

    status: int
    body: bytes


class DroppedError(Exception):
    """Raised by a hook: the connection is closed without an answer."""


class Proxy:
    """Passes requests on, from a free port, for as long as the `with` lasts.

    Either hook may wait, and may raise DroppedError.

    Args:
        target: The server's URL.
        instead: Called with each request; returns the answer that it gets instead of the server's.
        change: Called with each request and its answer's body; returns the body to pass on.
    """

    def __init__(
        self,
        target: str,
        instead: Callable[[Request], Response | None] = lambda _request: None,
        change: Callable[[Request, bytes], bytes] = lambda _request, body: body,
    ) -> None:
        self._target = urlsplit(target).netloc
        self._instead, self._change = instead, change
        self._server = ThreadingHTTPServer((HOST, 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request, path: str, headers: Mapping[str, str]) -> Response:
        """Return what a request gets; raises as the hooks do."""
        return self._instead(request) or self._pass_on(request, path, headers)

    def _pass_on(self, request: Request, path: str, headers: Mapping[str, str]) -> Response:
        with contextlib.closing(HTTPConnection(self._target)) as behind:
            behind.request("POST", path, request.body, headers)
            answer = behind.getresponse()
            return Response(answer.status, self._change(request, answer.read()))


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            # The client may be killed before it has the answer.
            with contextlib.suppress(ConnectionError):
                super().handle()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request(self.headers.get("X-Amz-Target", "").rpartition(".")[2], body)
            try:
                answer = proxy.answer(request, self.path, dict(self.headers))
            except DroppedError:
                self.close_connection = True
            else:
                self._send(answer)

        def _send(self, answer: Response) -> None:
            # No header of the server's: a checksum would not be that of a changed answer.
            self.send_response_only(answer.status)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler

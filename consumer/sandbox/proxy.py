"""A proxy in front of one of the servers, so that a test or a benchmark can look at requests."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
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


class Proxy:
    """Passes requests on, from a free port, for as long as the `with` lasts.

    Args:
        target: The server's URL.
        admit: Called with each request, and may wait; False drops it unanswered.
        change: Called with each request and its answer's body; returns the body to pass on.
    """

    def __init__(
        self,
        target: str,
        admit: Callable[[Request], bool] = lambda _request: True,
        change: Callable[[Request, bytes], bytes] = lambda _request, body: body,
    ) -> None:
        handler = _handler(urlsplit(target).netloc, admit, change)
        self._server = ThreadingHTTPServer((HOST, 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(
    target: str,
    admit: Callable[[Request], bool],
    change: Callable[[Request, bytes], bytes],
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request(self.headers.get("X-Amz-Target", "").rpartition(".")[2], body)
            if admit(request):
                self._pass_on(request)
            else:
                self.close_connection = True

        def _pass_on(self, request: Request) -> None:
            behind = HTTPConnection(target)
            with contextlib.closing(behind):
                behind.request("POST", self.path, request.body, dict(self.headers))
                answer = behind.getresponse()
                content = change(request, answer.read())
            self.send_response_only(answer.status)
            # Nothing else: a checksum of the answer would not be that of a changed one.
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler

"""Simulated streams behind a URL, for whoever speaks DynamoDB Streams: KCL, boto3, a shell."""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from consumer.sandbox.proxy import DroppedError, Request, Response
from consumer.sandbox.server import HOST
from tests.streams import faults
from tests.streams.api import Api
from tests.streams.stream import SimulatedStream


class StreamsEndpoint:
    """Serves streams on a free port for as long as the `with` lasts.

    Args:
        streams: The streams.
        fault: Called with each request; returns the answer that it gets instead of the right one,
            None to let it be, raises DroppedError to close the connection, and may wait.

    Attributes:
        url: Where it answers.
        fault: May be replaced at any time.
    """

    def __init__(self, *streams: SimulatedStream, fault: faults.Fault = faults.none) -> None:
        self.fault = fault
        self._api = Api(*streams)
        self._server = _Server(self._answer)
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()

    def add(self, stream: SimulatedStream) -> None:
        """Serve one more stream."""
        self._api.add(stream)

    def remove(self, stream: SimulatedStream) -> None:
        """Serve a stream no more, as 24 hours after it was disabled."""
        self._api.remove(stream)

    def _answer(self, request: Request) -> Response:
        return self.fault(request) or self._api.answer(request)


class _Server(ThreadingHTTPServer):
    """A thread for each connection, which clients keep."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self.answer = answer
        self._connections: set[socket.socket] = set()
        super().__init__((HOST, 0), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as socketserver types it
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the same
        """Say nothing of a client that is gone; a mistake in a fault or in here is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Close what clients still keep."""
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer leaves at once and whole.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        try:
            answer = self.server.answer(Request(operation, body))
        except DroppedError:
            self.close_connection = True
        else:
            self._send(answer)

    def _send(self, answer: Response) -> None:
        self.send_response_only(answer.status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

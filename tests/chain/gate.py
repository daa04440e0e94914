"""A door in front of SNS: open it passes requests on, shut it holds them until they are dropped."""

import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Gate:
    """A proxy on a free port.

    Args:
        target: The URL behind the door.
    """

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target).netloc
        self._open = threading.Event()
        self._open.set()
        self.holding = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where the door is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def shut(self) -> None:
        """Hold every publish from now on."""
        self.holding.clear()
        self._open.clear()

    def open(self) -> None:
        """Drop what is held, answering nothing, and pass on what comes."""
        self._open.set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if b"Action=Publish" in body and not gate._open.is_set():
                    gate.holding.set()
                    gate._open.wait()
                    self.close_connection = True
                    return
                self._pass_on(body)

            def _pass_on(self, body: bytes) -> None:
                behind = HTTPConnection(gate._target)
                behind.request("POST", self.path, body, dict(self.headers))
                answer = behind.getresponse()
                content = answer.read()
                self.send_response_only(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        return Handler

"""A part of a benchmark in a process of its own, asked over HTTP."""

import contextlib
import json
import sys
from collections.abc import Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from consumer.sandbox.server import HOST, SandboxError, Server


class Helper(Server):
    """Runs a module of benchmarks for as long as the `with` lasts.

    Args:
        module: Its name; it is given a port, and calls `serve` with it.
        folder: Where its log goes.
    """

    def __init__(self, module: str, folder: Path) -> None:
        self.name = module
        super().__init__(folder)

    def __enter__(self) -> Self:
        self.wait_until_ready()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def command(self, port: int) -> Sequence[str]:
        """The command line that serves on a port."""
        return [sys.executable, "-m", f"benchmarks.{self.name}", str(port)]

    def ask(self, method: str, **arguments: object) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Call a method over there; return what it returns.

        Raises:
            SandboxError: It failed; its log says why.
        """
        with contextlib.closing(HTTPConnection(HOST, self.port)) as connection:
            connection.request("POST", f"/{method}", json.dumps(arguments))
            try:
                return json.loads(connection.getresponse().read())
            except HTTPException as error:
                raise SandboxError(f"{self.name}.{method}:\n{self._process.tail()}") from error


def serve(port: int, helper: object) -> None:
    """Answer calls of an object's methods, with JSON in and JSON out, until the process ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arguments = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            # Where the method fails its trace goes to the log, and the connection is closed.
            returned = getattr(helper, self.path.removeprefix("/"))(**arguments)
            body = json.dumps(returned).encode()
            self.send_response_only(HTTPStatus.OK)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    ThreadingHTTPServer((HOST, port), Handler).serve_forever()

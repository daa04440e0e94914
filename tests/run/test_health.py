"""`stream-publisher health`, asked of servers that answer this and that."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner, Result

from consumer.cli import main


@contextmanager
def answering(status: int, body: str) -> Iterator[int]:
    """A server that answers so; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def health(port: int, *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["health", "--port", str(port), *options])


@pytest.mark.parametrize(("status", "is_healthy"), [(200, True), (503, False)])
def test_the_answer_names_the_host(status: int, *, is_healthy: bool) -> None:
    """Whether it is healthy or not."""
    report = {"healthy": is_healthy, "shards": {}, "problem": None}
    with answering(status, json.dumps(report)) as port:
        done = health(port)

    assert done.exit_code == (0 if is_healthy else 1)
    assert json.loads(done.stdout) == {"host": f"127.0.0.1:{port}", **report}


@pytest.mark.parametrize("body", ["<html>", "[]", "{}", "7"])
def test_what_is_no_daemon_is_said_to_be_none(body: str) -> None:
    """Another program may have the port."""
    with answering(200, body) as port:
        done = health(port)

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"127.0.0.1:{port}: the daemon doesn't answer (")
    assert done.stderr.count("\n") == 1


def test_a_host_that_is_none_is_named() -> None:
    """A label of a host's name has up to 63 characters."""
    done = health(8081, "--host", "x" * 64)

    assert done.exit_code == 1
    assert done.stderr.startswith(f"{'x' * 64}:8081: the daemon doesn't answer (")

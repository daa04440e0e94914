"""Messages handed on to a web server of this machine, and to nobody else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from click.testing import CliRunner

from consumer.cli import main
from consumer.local.forward import forward, parse_target
from consumer.local.subscription import Received

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
MESSAGE = Received(
    message_id="m-1",
    subject="Changes",
    body="[]",
    entries=(),
    attributes={},
    sent_at=datetime(2026, 1, 31, 12, tzinfo=UTC),
    envelope='{"Type": "Notification", "Subject": "ção"}',
)


@contextmanager
def web_server(status: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """One that answers so; its URL, and what it got."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append({"path": self.path, "body": body.decode(), **dict(self.headers)})
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/changes?a=1", got
    server.shutdown()
    server.server_close()


def test_a_message_is_posted_as_sns_posts_it() -> None:
    """The envelope, with SNS's headers."""
    with web_server(200) as (url, got):
        problem = forward(MESSAGE, TOPIC, parse_target(url))

    assert problem is None
    assert (got[0]["path"], got[0]["body"]) == ("/changes?a=1", MESSAGE.envelope)
    assert got[0]["x-amz-sns-message-type"] == "Notification"
    assert (got[0]["x-amz-sns-message-id"], got[0]["x-amz-sns-topic-arn"]) == ("m-1", TOPIC)


def test_what_is_not_taken_is_said() -> None:
    """In one line; listening goes on."""
    with web_server(500) as (url, _):
        refused = forward(MESSAGE, TOPIC, parse_target(url))
    gone = forward(MESSAGE, TOPIC, parse_target(url))

    assert refused == f"{url}: answered 500 to message m-1"
    assert gone is not None
    assert gone.startswith(f"{url}: ")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com:80",
        "http://127.0.0.1@example.com",
        "http://user@127.0.0.1:8000",
        "https://127.0.0.1:8000",
        "http://10.0.0.1",
        "127.0.0.1:8000",
        "http://127.0.0.1:99999",
    ],
)
def test_only_this_machine_gets_messages(url: str) -> None:
    """A line, status 2, and nobody has listened."""
    done = CliRunner().invoke(main, ["listen", TOPIC, "--forward-to", url])

    assert done.exit_code == 2
    assert f"'--forward-to': {url!r} is not" in done.stderr


@pytest.mark.parametrize("url", ["http://localhost:80", "http://127.0.0.2", "http://[::1]:8000/a"])
def test_every_name_of_this_machine_is_taken(url: str) -> None:
    """Also by IPv6."""
    assert parse_target(url).host in {"127.0.0.1", "127.0.0.2", "::1"}
